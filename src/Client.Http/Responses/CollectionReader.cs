using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Reads a collection's settings and state.</summary>
internal static class CollectionReader
{
    public static CollectionInfo Read(string name, JsonElement result)
    {
        var own = result.GetProperty("vectorcluster");
        var parameters = result.GetProperty("config").GetProperty("params");
        var (indexes, indexedPoints) = ReadPayloadSchema(result.GetProperty("payload_schema"));
        var settings = new CollectionSettings
        {
            Vectors = ReadVectors(parameters.GetProperty("vectors"), own.GetProperty("hnsw")),
            ShardCount = parameters.GetProperty("shard_number").GetInt32(),
            PayloadIndexes = indexes,
        };
        return new(
            name,
            settings,
            ReadStatus(result.GetProperty("status").GetString()),
            result.GetProperty("points_count").GetInt64(),
            result.GetProperty("vectors_count").GetInt64(),
            result.GetProperty("indexed_vectors_count").GetInt64(),
            own.GetProperty("namespaces_count").GetInt32(),
            own.GetProperty("shards_count").GetInt32(),
            indexedPoints,
            ShardReader.ReadFailures(own.GetProperty("failures")));
    }

    private static Dictionary<string, VectorSettings> ReadVectors(JsonElement vectors, JsonElement hnsw)
    {
        var result = new Dictionary<string, VectorSettings>(StringComparer.Ordinal);
        var isSingle = vectors.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number;
        if (isSingle)
        {
            result.Add(VectorSet.DefaultName, ReadVector(vectors, hnsw.GetProperty(VectorSet.DefaultName)));
            return result;
        }

        foreach (var vector in vectors.EnumerateObject())
            result.Add(vector.Name, ReadVector(vector.Value, hnsw.GetProperty(vector.Name)));
        return result;
    }

    private static VectorSettings ReadVector(JsonElement vector, JsonElement own)
    {
        var hnsw = vector.GetProperty("hnsw_config");
        return new(
            vector.GetProperty("size").GetInt32(), MetricNames.Parse(vector.GetProperty("distance").GetString()!))
        {
            Hnsw = new()
            {
                M = hnsw.GetProperty("m").GetInt32(),
                EfConstruction = hnsw.GetProperty("ef_construct").GetInt32(),
                EfSearch = own.GetProperty("ef_search").GetInt32(),
                ExactScanThreshold = own.GetProperty("exact_scan_threshold").GetInt32(),
            },
            OnDisk = vector.TryGetProperty("on_disk", out var onDisk) && onDisk.GetBoolean(),
            Quantization = (VectorQuantization)own.GetProperty("quantization_bits").GetByte(),
            Rescore = own.TryGetProperty("rescore", out var rescore) ? rescore.GetBoolean() : null,
            Oversampling = own.TryGetProperty("oversampling", out var oversampling) ? oversampling.GetDouble() : null,
        };
    }

    private static (Dictionary<string, PayloadIndexKind> Kinds, Dictionary<string, long> Points) ReadPayloadSchema(
        JsonElement schema)
    {
        var kinds = new Dictionary<string, PayloadIndexKind>(StringComparer.Ordinal);
        var points = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var field in schema.EnumerateObject())
        {
            kinds.Add(field.Name, IndexKinds.Parse(field.Value.GetProperty("data_type").GetString()!));
            points.Add(field.Name, field.Value.GetProperty("points").GetInt64());
        }

        return (kinds, points);
    }

    private static CollectionStatus ReadStatus(string? status) => status switch
    {
        "green" => CollectionStatus.Green,
        "yellow" => CollectionStatus.Yellow,
        _ => CollectionStatus.Red,
    };
}
