using System.Globalization;
using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Searches that can travel in one request: same collection, same timeout, same wish for partial
/// results.</summary>
/// <param name="Indices">Where the searches stand in the caller's list.</param>
internal sealed record SearchBatch(string Collection, string QueryString, IReadOnlyList<int> Indices);

/// <summary>Parts a list of searches into requests that the server takes, and puts the results back in order.</summary>
internal static class SearchBatches
{
    /// <summary>The server's limits on one request.</summary>
    private const int MaxSearches = 1_000;

    private const int MaxHits = 100_000;

    public static IEnumerable<SearchBatch> Of(IReadOnlyList<SearchRequest> requests)
    {
        var groups = Enumerable.Range(0, requests.Count)
            .GroupBy(i => (requests[i].Collection, Query: QueryOf(requests[i])));
        foreach (var group in groups)
        {
            var indices = new List<int>();
            var hits = 0L;
            foreach (var index in group)
            {
                if (indices.Count == MaxSearches || (indices.Count > 0 && hits + requests[index].Limit > MaxHits))
                {
                    yield return new(group.Key.Collection, group.Key.Query, indices);
                    indices = [];
                    hits = 0;
                }

                indices.Add(index);
                hits += requests[index].Limit;
            }

            yield return new(group.Key.Collection, group.Key.Query, indices);
        }
    }

    public static string QueryOf(SearchRequest request)
    {
        var query = "?with_distance=true";
        if (request.AllowPartial) query += "&allow_partial=true";
        if (request.Explain) query += "&explain=true";
        if (request.Timeout is { } timeout)
            query += "&timeout=" + timeout.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture);
        return query;
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<SearchRequest> requests, SearchBatch batch)
    {
        json.WriteStartArray("searches");
        foreach (var index in batch.Indices)
        {
            json.WriteStartObject();
            SearchJson.Write(json, requests[index]);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void Read(JsonElement root, SearchBatch batch, SearchResult[] results)
    {
        var answers = root.GetProperty("result");
        var metrics = root.GetProperty("metric");
        var isPartial = root.TryGetProperty("missing_shards", out var missing);
        var isExplained = root.TryGetProperty("plans", out var plans);
        for (var i = 0; i < batch.Indices.Count; i++)
            results[batch.Indices[i]] = PointReader.ReadHits(
                answers[i], metrics[i], isPartial ? missing[i] : default, isExplained ? plans[i] : default);
    }
}
