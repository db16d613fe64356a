using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>What a write answers: Qdrant's <c>operation_id</c> and <c>status</c>, and our LSN of every shard it
/// touched.</summary>
internal static class WriteResultJson
{
    public static void Write(Utf8JsonWriter json, WriteResult result, bool wait)
    {
        json.WriteStartObject();
        // Qdrant counts operations per collection. Ours have no such number; the highest LSN grows likewise.
        json.WriteNumber("operation_id", result.Shards.Count == 0 ? 0 : result.Shards.Values.Max().Value);
        WriteStatus(json, wait);
        json.WriteStartObject("vectorcluster");
        json.WriteNumber("points_count", result.PointCount);
        json.WritePropertyName("shards");
        ShardJson.WriteLsns(json, result.Shards);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <param name="existed">Of a deletion: whether there was an index.</param>
    public static void WriteIndexed(Utf8JsonWriter json, bool wait, bool? existed)
    {
        json.WriteStartObject();
        json.WriteNumber("operation_id", 0);
        WriteStatus(json, wait);
        if (existed is { } known)
        {
            json.WriteStartObject("vectorcluster");
            json.WriteBoolean("existed", known);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>A write is durable and visible before it is answered; who doesn't wait hears what Qdrant would
    /// say.</summary>
    private static void WriteStatus(Utf8JsonWriter json, bool wait) =>
        json.WriteString("status", wait ? "completed" : "acknowledged");
}
