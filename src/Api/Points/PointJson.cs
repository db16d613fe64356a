using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Points and hits in Qdrant's shape.</summary>
internal static class PointJson
{
    public static void WriteRecord(Utf8JsonWriter json, StoredPoint point, string name)
    {
        json.WriteStartObject();
        WriteIdAndVersion(json, point.Id, point.Version);
        WriteContent(json, point.Payload, point.Vectors, name);
        json.WriteEndObject();
    }

    /// <param name="distance">Null: not asked for.</param>
    public static void WriteHit(Utf8JsonWriter json, StoredPoint point, float score, float? distance, string name)
    {
        json.WriteStartObject();
        WriteIdAndVersion(json, point.Id, point.Version);
        json.WriteNumber("score", score);
        if (distance is { } known) json.WriteNumber("distance", known);
        WriteContent(json, point.Payload, point.Vectors, name);
        json.WriteEndObject();
    }

    public static void WriteId(Utf8JsonWriter json, PointId id)
    {
        if (id.Kind == PointIdKind.Number)
            json.WriteNumberValue((ulong)id.Bits);
        else
            json.WriteStringValue(id.ToString());
    }

    private static void WriteIdAndVersion(Utf8JsonWriter json, PointId id, Lsn version)
    {
        json.WritePropertyName("id");
        WriteId(json, id);
        json.WriteNumber("version", version.Value);
    }

    private static void WriteContent(Utf8JsonWriter json, Payload? payload, VectorSet? vectors, string name)
    {
        if (payload is not null)
        {
            json.WritePropertyName("payload");
            json.WriteRawValue(payload.Utf8.Span, skipInputValidation: true); // checked when it was written
        }

        if (vectors is not null) WriteVectors(json, vectors);
        if (name.Length > 0) json.WriteString(NamespaceReader.Member, name);
    }

    private static void WriteVectors(Utf8JsonWriter json, VectorSet vectors)
    {
        json.WritePropertyName("vector");
        if (vectors.Count == 1 && vectors.TryGet(VectorSet.DefaultName, out var only))
        {
            WriteVector(json, only.Span);
            return;
        }

        json.WriteStartObject();
        foreach (var (name, vector) in vectors)
        {
            json.WritePropertyName(name);
            WriteVector(json, vector.Span);
        }

        json.WriteEndObject();
    }

    private static void WriteVector(Utf8JsonWriter json, ReadOnlySpan<float> vector)
    {
        json.WriteStartArray();
        foreach (var value in vector) json.WriteNumberValue(value); // the shortest text that reads as the same float
        json.WriteEndArray();
    }
}
