using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>A collection's state and settings in Qdrant's shape.</summary>
/// <remarks>
/// What Qdrant's shape has no place for stands under <c>vectorcluster</c>, at the top, where its clients ignore unknown
/// members; further in, some of them refuse these.
/// </remarks>
internal static class CollectionJson
{
    public static void Write(Utf8JsonWriter json, CollectionInfo info)
    {
        json.WriteStartObject();
        json.WriteString("status", NameOf(info.Status));
        WriteOptimizerStatus(json, info);
        json.WriteNumber("indexed_vectors_count", info.IndexedVectorCount);
        json.WriteNumber("vectors_count", info.VectorCount);
        json.WriteNumber("points_count", info.PointCount);
        json.WriteNumber("segments_count", info.ShardCount);
        WriteConfig(json, info.Settings);
        WritePayloadSchema(json, info);
        WriteOwn(json, info);
        json.WriteEndObject();
    }

    private static void WriteOptimizerStatus(Utf8JsonWriter json, CollectionInfo info)
    {
        if (info.Failures.Count == 0)
        {
            json.WriteString("optimizer_status", "ok");
            return;
        }

        json.WriteStartObject("optimizer_status");
        json.WriteString("error", $"{info.Failures[0].Shard}: {info.Failures[0].Message}");
        json.WriteEndObject();
    }

    private static void WriteConfig(Utf8JsonWriter json, CollectionSettings settings)
    {
        json.WriteStartObject("config");
        json.WriteStartObject("params");
        WriteVectors(json, settings);
        json.WriteNumber("shard_number", settings.ShardCount);
        json.WriteNumber("replication_factor", 1);
        json.WriteNumber("write_consistency_factor", 1);
        json.WriteBoolean("on_disk_payload", value: false);
        json.WriteEndObject();

        var first = settings.Vectors.OrderBy(vector => vector.Key, StringComparer.Ordinal).First().Value;
        WriteHnsw(json, first);
        json.WriteStartObject("optimizer_config");
        json.WriteNumber("deleted_threshold", 0.2);
        json.WriteNumber("vacuum_min_vector_number", 1_000);
        json.WriteNumber("default_segment_number", 1);
        json.WriteNumber("flush_interval_sec", 0); // every acknowledged write is on disk
        json.WriteEndObject();
        json.WriteNull("wal_config");
        json.WriteNull("quantization_config");
        json.WriteEndObject();
    }

    private static void WriteVectors(Utf8JsonWriter json, CollectionSettings settings)
    {
        if (settings.Vectors.Count == 1 && settings.Vectors.TryGetValue(VectorSet.DefaultName, out var only))
        {
            json.WritePropertyName("vectors");
            WriteVector(json, only);
            return;
        }

        json.WriteStartObject("vectors");
        foreach (var (name, vector) in settings.Vectors)
        {
            json.WritePropertyName(name);
            WriteVector(json, vector);
        }

        json.WriteEndObject();
    }

    private static void WriteVector(Utf8JsonWriter json, VectorSettings vector)
    {
        json.WriteStartObject();
        json.WriteNumber("size", vector.Dimension);
        json.WriteString("distance", MetricNames.Of(vector.Metric));
        WriteHnsw(json, vector);
        WriteQuantization(json, vector.Quantization);
        if (vector.OnDisk) json.WriteBoolean("on_disk", value: true);
        json.WriteEndObject();
    }

    /// <summary>As Qdrant says it, where it can: its clients refuse what they don't know.</summary>
    private static void WriteQuantization(Utf8JsonWriter json, VectorQuantization quantization)
    {
        ReadOnlySpan<byte> said = quantization switch
        {
            VectorQuantization.Bits8 => """{"scalar":{"type":"int8"}}"""u8,
            VectorQuantization.Bits2 => """{"binary":{"encoding":"two_bits"}}"""u8,
            VectorQuantization.Bits1 => """{"binary":{"encoding":"one_bit"}}"""u8,
            _ => [],
        };
        if (said.IsEmpty) return;
        json.WritePropertyName("quantization_config");
        json.WriteRawValue(said);
    }

    private static void WriteHnsw(Utf8JsonWriter json, VectorSettings vector)
    {
        json.WriteStartObject("hnsw_config");
        json.WriteNumber("m", vector.Hnsw.M);
        json.WriteNumber("ef_construct", vector.Hnsw.EfConstruction);
        json.WriteNumber(
            "full_scan_threshold", ScanThreshold.ToKilobytes(vector.Hnsw.ExactScanThreshold, vector.Dimension));
        json.WriteEndObject();
    }

    private static void WritePayloadSchema(Utf8JsonWriter json, CollectionInfo info)
    {
        json.WriteStartObject("payload_schema");
        foreach (var (field, kind) in info.Settings.PayloadIndexes)
        {
            json.WriteStartObject(field);
            json.WriteString("data_type", IndexKinds.Of(kind));
            json.WriteNumber("points", info.PayloadIndexPoints.GetValueOrDefault(field));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteOwn(Utf8JsonWriter json, CollectionInfo info)
    {
        json.WriteStartObject("vectorcluster");
        json.WriteNumber("namespaces_count", info.NamespaceCount);
        json.WriteNumber("shards_count", info.ShardCount);
        json.WriteStartObject("hnsw");
        foreach (var (name, vector) in info.Settings.Vectors)
        {
            json.WriteStartObject(name);
            json.WriteNumber("ef_search", vector.Hnsw.EfSearch);
            json.WriteNumber("exact_scan_threshold", vector.Hnsw.ExactScanThreshold);
            json.WriteNumber("quantization_bits", (int)vector.Quantization);
            if (vector.Rescore is { } rescore) json.WriteBoolean("rescore", rescore);
            if (vector.Oversampling is { } oversampling) json.WriteNumber("oversampling", oversampling);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WritePropertyName("failures");
        ShardJson.WriteFailures(json, info.Failures);
        json.WriteEndObject();
    }

    private static string NameOf(CollectionStatus status) => status switch
    {
        CollectionStatus.Green => "green",
        CollectionStatus.Yellow => "yellow",
        _ => "red",
    };
}
