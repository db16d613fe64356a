using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Shards, their failures and their part in a write, as JSON of our own.</summary>
internal static class ShardJson
{
    public static void WriteFailures(Utf8JsonWriter json, IReadOnlyList<ShardFailure> failures)
    {
        json.WriteStartArray();
        foreach (var failure in failures)
        {
            json.WriteStartObject();
            WriteShard(json, failure.Shard);
            WriteReason(json, failure);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WritePlans(Utf8JsonWriter json, IReadOnlyList<ShardPlan> plans)
    {
        json.WriteStartArray();
        foreach (var plan in plans)
        {
            json.WriteStartObject();
            WriteShard(json, plan.Shard);
            json.WriteString("plan", plan.Plan);
            json.WriteNumber("visited", plan.Visited);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteOutcomes(Utf8JsonWriter json, IReadOnlyList<ShardWriteOutcome> outcomes)
    {
        json.WriteStartArray();
        foreach (var outcome in outcomes)
        {
            json.WriteStartObject();
            WriteShard(json, outcome.Shard);
            json.WriteString("status", NameOf(outcome.Status));
            if (outcome.Lsn is { } lsn) json.WriteNumber("lsn", lsn.Value);
            if (outcome.Failure is not null) WriteReason(json, outcome.Failure);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteLsns(Utf8JsonWriter json, IReadOnlyDictionary<ShardId, Lsn> shards)
    {
        json.WriteStartArray();
        foreach (var (shard, lsn) in shards)
        {
            json.WriteStartObject();
            WriteShard(json, shard);
            json.WriteNumber("lsn", lsn.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteShard(Utf8JsonWriter json, ShardId shard)
    {
        json.WriteString("collection", shard.Collection);
        json.WriteString("namespace", shard.Namespace);
        json.WriteNumber("shard", shard.Index);
    }

    private static void WriteReason(Utf8JsonWriter json, ShardFailure failure)
    {
        json.WriteString("code", failure.Code);
        json.WriteString("message", failure.Message);
    }

    private static string NameOf(WriteStatus status) => status switch
    {
        WriteStatus.Applied => "applied",
        WriteStatus.Rejected => "rejected",
        _ => "unknown",
    };
}
