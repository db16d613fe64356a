using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VectorCluster.Cli;

/// <summary>Writes points as the JSON lines that <see cref="PointLine"/> reads. Floats keep every bit.</summary>
internal sealed class PointLineWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;

    public PointLineWriter() => _json = new(_buffer, Options);

    /// <returns>Bytes of the lines; valid until the next call.</returns>
    public ReadOnlyMemory<byte> Encode(IReadOnlyList<StoredPoint> points)
    {
        _buffer.ResetWrittenCount();
        foreach (var point in points)
        {
            _json.Reset();
            Write(point);
            _json.Flush();
            _buffer.Write("\n"u8);
        }

        return _buffer.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    private void Write(StoredPoint point)
    {
        _json.WriteStartObject();
        if (point.Id.Kind == PointIdKind.Number) _json.WriteNumber("id", (ulong)point.Id.Bits);
        else _json.WriteString("id", point.Id.ToString());
        if (point.Vectors is { Count: > 0 } vectors) WriteVectors(vectors);
        if (point.Payload is { IsEmpty: false } payload)
        {
            _json.WritePropertyName("payload");
            _json.WriteRawValue(payload.Utf8.Span, skipInputValidation: true);
        }

        _json.WriteEndObject();
    }

    private void WriteVectors(VectorSet vectors)
    {
        _json.WritePropertyName("vector");
        if (vectors.TryGet(VectorSet.DefaultName, out var only) && vectors.Count == 1)
        {
            WriteVector(only.Span);
            return;
        }

        _json.WriteStartObject();
        foreach (var (name, vector) in vectors)
        {
            _json.WritePropertyName(name);
            WriteVector(vector.Span);
        }

        _json.WriteEndObject();
    }

    private void WriteVector(ReadOnlySpan<float> vector)
    {
        _json.WriteStartArray();
        foreach (var element in vector) _json.WriteNumberValue(element);
        _json.WriteEndArray();
    }
}
