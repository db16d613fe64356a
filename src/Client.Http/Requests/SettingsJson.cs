using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Writes the settings of a collection to create.</summary>
internal static class SettingsJson
{
    public static void Write(Utf8JsonWriter json, CollectionSettings settings)
    {
        json.WriteStartObject("vectors");
        foreach (var (name, vector) in settings.Vectors)
        {
            json.WriteStartObject(name);
            json.WriteNumber("size", vector.Dimension);
            json.WriteString("distance", MetricNames.Of(vector.Metric));
            json.WriteStartObject("hnsw_config");
            json.WriteNumber("m", vector.Hnsw.M);
            json.WriteNumber("ef_construct", vector.Hnsw.EfConstruction);
            json.WriteNumber("ef_search", vector.Hnsw.EfSearch);
            json.WriteNumber("exact_scan_threshold", vector.Hnsw.ExactScanThreshold);
            json.WriteEndObject();
            json.WriteBoolean("on_disk", vector.OnDisk);
            json.WriteStartObject("quantization_config");
            if (vector.Quantization != VectorQuantization.Auto)
                json.WriteNumber("bits", (int)vector.Quantization);
            if (vector.Rescore is { } rescore) json.WriteBoolean("rescore", rescore);
            if (vector.Oversampling is { } oversampling) json.WriteNumber("oversampling", oversampling);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteNumber("shard_number", settings.ShardCount);
        json.WriteStartObject("payload_schema");
        foreach (var (path, kind) in settings.PayloadIndexes) json.WriteString(path, IndexKinds.Of(kind));
        json.WriteEndObject();
    }
}
