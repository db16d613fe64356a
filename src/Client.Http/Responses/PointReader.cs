using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Reads points and hits.</summary>
internal static class PointReader
{
    public static StoredPoint[] ReadPoints(JsonElement list) => [.. list.EnumerateArray().Select(ReadPoint)];

    public static ScrollPage ReadPage(JsonElement result)
    {
        var next = result.GetProperty("next_page_offset");
        return new(
            ReadPoints(result.GetProperty("points")),
            next.ValueKind == JsonValueKind.Null ? default(PointId?) : ReadId(next));
    }

    /// <param name="result">One object of a query's answer.</param>
    /// <param name="metric">Name of the metric; it stands beside the result.</param>
    /// <param name="missingShards">Default: partial results were not asked for.</param>
    /// <param name="plans">Default: they were not asked for.</param>
    public static SearchResult ReadHits(
        JsonElement result, JsonElement metric, JsonElement missingShards, JsonElement plans) => new(
        MetricNames.Parse(metric.GetString()!),
        [.. result.GetProperty("points").EnumerateArray().Select(ReadHit)],
        missingShards.ValueKind == JsonValueKind.Array ? ShardReader.ReadFailures(missingShards) : [])
        {
            Plans = plans.ValueKind == JsonValueKind.Array ? ShardReader.ReadPlans(plans) : [],
        };

    private static Hit ReadHit(JsonElement item)
    {
        var point = ReadPoint(item);
        return new(point.Id, item.GetProperty("distance").GetSingle(), point.Version, point.Payload, point.Vectors);
    }

    private static StoredPoint ReadPoint(JsonElement item) => new(
        ReadId(item.GetProperty("id")),
        new Lsn(item.GetProperty("version").GetInt64()),
        item.TryGetProperty("payload", out var payload) ? Payload.FromElement(payload) : null,
        item.TryGetProperty("vector", out var vector) ? ReadVectors(vector) : null);

    private static PointId ReadId(JsonElement id) => id.ValueKind == JsonValueKind.Number
        ? PointId.FromNumber(id.GetUInt64())
        : PointId.FromText(id.GetString()!);

    private static VectorSet ReadVectors(JsonElement vectors)
    {
        if (vectors.ValueKind == JsonValueKind.Array) return ReadVector(vectors);
        return new(
        [
            .. vectors.EnumerateObject()
                .Select(vector => KeyValuePair.Create(vector.Name, (ReadOnlyMemory<float>)ReadVector(vector.Value))),
        ]);
    }

    private static float[] ReadVector(JsonElement list)
    {
        var values = new float[list.GetArrayLength()];
        var index = 0;
        foreach (var item in list.EnumerateArray()) values[index++] = item.GetSingle();
        return values;
    }
}
