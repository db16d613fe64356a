using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Writes ids, vectors and selectors.</summary>
internal static class VectorJson
{
    public static void WriteId(Utf8JsonWriter json, PointId id)
    {
        if (id.Kind == PointIdKind.Number)
            json.WriteNumberValue((ulong)id.Bits);
        else
            json.WriteStringValue(id.ToString());
    }

    public static void WriteIds(Utf8JsonWriter json, string name, IReadOnlyList<PointId> ids)
    {
        json.WriteStartArray(name);
        foreach (var id in ids) WriteId(json, id);
        json.WriteEndArray();
    }

    /// <param name="path">Where the vectors stand in the request, for the error of a value that JSON can't say.</param>
    public static void WriteVectors(Utf8JsonWriter json, VectorSet vectors, string path)
    {
        if (vectors.Count == 1 && vectors.TryGet(VectorSet.DefaultName, out var only))
        {
            WriteVector(json, only.Span, path);
            return;
        }

        json.WriteStartObject();
        foreach (var (name, vector) in vectors)
        {
            json.WritePropertyName(name);
            WriteVector(json, vector.Span, $"{path}.{name}");
        }

        json.WriteEndObject();
    }

    public static void WriteVector(Utf8JsonWriter json, ReadOnlySpan<float> vector, string path)
    {
        json.WriteStartArray();
        for (var i = 0; i < vector.Length; i++)
        {
            if (!float.IsFinite(vector[i]))
            {
                throw new InvalidRequestException(ErrorCodes.InvalidVector, "A vector holds finite numbers only.")
                {
                    Path = $"{path}[{i}]",
                };
            }

            json.WriteNumberValue(vector[i]);
        }

        json.WriteEndArray();
    }

    public static void WriteSelectors(Utf8JsonWriter json, PayloadSelector payload, VectorSelector vectors)
    {
        json.WritePropertyName("with_payload");
        WritePayloadSelector(json, payload);
        json.WritePropertyName("with_vector");
        if (vectors.Names is not { Count: > 0 } names)
        {
            json.WriteBooleanValue(vectors.Names is null);
            return;
        }

        json.WriteStartArray();
        foreach (var name in names) json.WriteStringValue(name);
        json.WriteEndArray();
    }

    public static void WritePaths(Utf8JsonWriter json, string name, IReadOnlyList<PayloadPath> paths)
    {
        json.WriteStartArray(name);
        foreach (var path in paths) json.WriteStringValue(path.Text);
        json.WriteEndArray();
    }

    public static void WriteNamespace(Utf8JsonWriter json, string name)
    {
        if (name.Length > 0) json.WriteString("shard_key", name);
    }

    private static void WritePayloadSelector(Utf8JsonWriter json, PayloadSelector payload)
    {
        switch (payload.Selection)
        {
            case PayloadSelection.None or PayloadSelection.All:
                json.WriteBooleanValue(payload.Selection == PayloadSelection.All);
                break;
            default:
                json.WriteStartObject();
                WritePaths(json, payload.Selection == PayloadSelection.Include ? "include" : "exclude", payload.Paths);
                json.WriteEndObject();
                break;
        }
    }
}
