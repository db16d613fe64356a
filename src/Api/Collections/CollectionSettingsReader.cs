using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Reads the body of a collection's creation.</summary>
/// <remarks>
/// What has no effect on results (replication, placement of graphs and payloads, optimizers) is accepted and ignored;
/// what would change them is refused, so that nobody gets another collection than the one asked for.
/// </remarks>
internal static class CollectionSettingsReader
{
    private const int MaxShardCount = 256;

    public static CollectionSettings Read(JsonInput body)
    {
        foreach (var name in (ReadOnlySpan<string>)["sparse_vectors", "init_from", "metadata"])
            body.RefuseMember(name);
        RefuseStrictMode(body);

        var vectors = body.Require("vectors");
        return new()
        {
            Vectors = ReadVectors(vectors, body.Find("hnsw_config"), body.Find("quantization_config")),
            ShardCount = body.Find("shard_number")?.AsInt32(1, MaxShardCount) ?? 1,
            PayloadIndexes = ReadPayloadIndexes(body),
        };
    }

    private static Dictionary<string, VectorSettings> ReadVectors(
        JsonInput vectors, JsonInput? commonHnsw, JsonInput? commonQuantization)
    {
        vectors.RequireObject();
        var result = new Dictionary<string, VectorSettings>(StringComparer.Ordinal);
        if (IsSingle(vectors))
        {
            result.Add(VectorSet.DefaultName, ReadVector(vectors, commonHnsw, commonQuantization));
            return result;
        }

        foreach (var (name, vector) in vectors.Members())
            result.Add(name, ReadVector(vector, commonHnsw, commonQuantization));
        return result.Count > 0
            ? result
            : throw vectors.Error(
                ErrorCodes.MissingField, "A collection has at least one vector: give its size and distance.");
    }

    /// <summary>One vector's own settings, rather than a map of names to such: a vector may be named "size"
    /// too.</summary>
    private static bool IsSingle(JsonInput vectors) =>
        (vectors.Find("size") is { } size && size.Kind != JsonValueKind.Object)
        || (vectors.Find("distance") is { } distance && distance.Kind != JsonValueKind.Object);

    private static VectorSettings ReadVector(
        JsonInput vector, JsonInput? commonHnsw, JsonInput? commonQuantization)
    {
        vector.RequireObject();
        vector.RefuseMember("multivector_config");
        if (vector.Find("datatype") is { } datatype && datatype.AsString() != "float32")
            throw datatype.Unsupported("Vectors are stored as float32.");

        var dimension = vector.Require("size").AsInt32(1, VectorSettings.MaxDimension);
        var metric = MetricNames.Read(vector.Require("distance"));
        var hnsw = new HnswOptions();
        if (commonHnsw is { } common) hnsw = ReadHnsw(common, hnsw, dimension);
        if (vector.Find("hnsw_config") is { } own) hnsw = ReadHnsw(own, hnsw, dimension);
        var settings = new VectorSettings(dimension, metric)
        {
            Hnsw = hnsw,
            OnDisk = vector.Find("on_disk")?.AsBool() ?? false,
        };
        return (vector.Find("quantization_config") ?? commonQuantization) is { } given
            ? QuantizationReader.ReadSettings(given, settings)
            : settings;
    }

    /// <summary>Applies what is given to <paramref name="defaults"/>. <c>ef_search</c> and
    /// <c>exact_scan_threshold</c> are ours.</summary>
    private static HnswOptions ReadHnsw(JsonInput input, HnswOptions defaults, int dimension)
    {
        var options = defaults with
        {
            M = input.Find("m")?.AsInt32(2, 128) ?? defaults.M,
            EfConstruction = input.Find("ef_construct")?.AsInt32(2, 4_096) ?? defaults.EfConstruction,
            EfSearch = input.Find("ef_search")?.AsInt32(1, SearchRequest.MaxEfSearch) ?? defaults.EfSearch,
            ExactScanThreshold = ReadScanThreshold(input, dimension) ?? defaults.ExactScanThreshold,
        };
        // Qdrant takes any pair. Fewer candidates than links would leave links empty, so as many as links are kept.
        return options.EfConstruction < options.M ? options with { EfConstruction = options.M } : options;
    }

    private static int? ReadScanThreshold(JsonInput input, int dimension) =>
        input.Find("exact_scan_threshold")?.AsInt32(0, ScanThreshold.MaxVectors)
        ?? (input.Find("full_scan_threshold") is { } kilobytes
            ? ScanThreshold.ToVectors(kilobytes.AsInt64(0, long.MaxValue / 1024), dimension)
            : null);

    private static Dictionary<string, PayloadIndexKind> ReadPayloadIndexes(JsonInput body)
    {
        var result = new Dictionary<string, PayloadIndexKind>(StringComparer.Ordinal);
        if (body.Find("payload_schema") is not { } schema) return result; // ours: indexes from the start
        foreach (var (field, kind) in schema.Members())
        {
            if (!PayloadPath.TryParse(field, out _))
                throw kind.Error(ErrorCodes.InvalidPayloadPath, $"'{field}' is not a payload path.");
            result.Add(field, IndexKinds.Read(kind));
        }

        return result;
    }

    private static void RefuseStrictMode(JsonInput body)
    {
        if (body.Find("strict_mode_config") is { } strict && strict.Find("enabled") is { } enabled && enabled.AsBool())
            throw enabled.Unsupported("Strict mode is not supported.");
    }
}
