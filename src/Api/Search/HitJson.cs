using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Answers of searches in Qdrant's shape.</summary>
internal static class HitJson
{
    /// <summary>Qdrant's score of a point that no vector was compared with.</summary>
    private const float ScrollScore = 1f;

    /// <param name="isQuery">The points stand in an object, as <c>query</c> answers; false: bare, as <c>search</c>
    /// does.</param>
    public static async ValueTask WriteAsync(Answer answer, ApiCall call, SearchOutcome outcome, bool isQuery)
    {
        var json = answer.Json;
        if (isQuery)
        {
            json.WriteStartObject();
            json.WritePropertyName("points");
        }

        json.WriteStartArray();
        var withDistance = call.WithDistance;
        foreach (var hit in outcome.Result?.Hits ?? [])
        {
            var point = new StoredPoint(hit.Id, hit.Version, hit.Payload, hit.Vectors);
            var score = Score.Of(outcome.Result!.Metric, hit.Distance);
            PointJson.WriteHit(json, point, score, withDistance ? Score.Finite(hit.Distance) : null, outcome.Namespace);
            await answer.FlushIfLargeAsync(call.Aborted);
        }

        foreach (var point in outcome.Scrolled)
        {
            PointJson.WriteHit(json, point, ScrollScore, distance: null, outcome.Namespace);
            await answer.FlushIfLargeAsync(call.Aborted);
        }

        json.WriteEndArray();
        if (isQuery) json.WriteEndObject();
    }

    /// <summary>Our members beside <c>result</c>, only for those who ask: the metric with distances, missing shards
    /// with partial results, plans with explain.</summary>
    /// <param name="isBatch">Each member is a list with one item a search.</param>
    public static void WriteExtra(
        Utf8JsonWriter json, ApiCall call, IReadOnlyList<SearchOutcome> outcomes, bool isBatch)
    {
        if (call.WithDistance)
        {
            json.WritePropertyName("metric");
            WriteEach(json, outcomes, isBatch, outcome =>
            {
                if (outcome.Result is null)
                    json.WriteNullValue();
                else
                    json.WriteStringValue(MetricNames.Of(outcome.Result.Metric));
            });
        }

        if (call.AllowPartial)
        {
            json.WritePropertyName("missing_shards");
            WriteEach(
                json, outcomes, isBatch, outcome => ShardJson.WriteFailures(json, outcome.Result?.MissingShards ?? []));
        }

        if (call.Explain)
        {
            json.WritePropertyName("plans");
            WriteEach(json, outcomes, isBatch, outcome => ShardJson.WritePlans(json, outcome.Result?.Plans ?? []));
        }
    }

    private static void WriteEach(
        Utf8JsonWriter json, IReadOnlyList<SearchOutcome> outcomes, bool isBatch, Action<SearchOutcome> write)
    {
        if (!isBatch)
        {
            write(outcomes[0]);
            return;
        }

        json.WriteStartArray();
        foreach (var outcome in outcomes) write(outcome);
        json.WriteEndArray();
    }
}
