namespace VectorCluster.Client.Wire;

/// <summary>Points and what they consist of.</summary>
public static class PointWire
{
    public static void WriteId(WireWriter writer, PointId id)
    {
        writer.Byte((byte)id.Kind);
        if (id.Kind == PointIdKind.Text) writer.Text(id.Text);
        else writer.UInt128(id.Bits);
    }

    public static PointId ReadId(WireReader reader) => (PointIdKind)reader.Byte() switch
    {
        PointIdKind.Number => PointId.FromNumber((ulong)reader.UInt128()),
        PointIdKind.Uuid => PointId.FromUuidBits(reader.UInt128()),
        PointIdKind.Text => PointId.FromText(reader.Text()),
        _ => throw WireReader.Damaged(),
    };

    public static void WritePayload(WireWriter writer, Payload payload) => writer.Bytes(payload.Utf8.Span);

    public static Payload ReadPayload(WireReader reader) => Payload.FromTrustedUtf8(reader.Bytes());

    public static void WriteVectors(WireWriter writer, VectorSet vectors) => writer.List(vectors, WriteVector);

    public static VectorSet ReadVectors(WireReader reader) => new(reader.List(ReadVector));

    public static void WritePoint(WireWriter writer, Point point)
    {
        WriteId(writer, point.Id);
        WriteVectors(writer, point.Vectors);
        WritePayload(writer, point.Payload);
    }

    public static Point ReadPoint(WireReader reader) => new(ReadId(reader), ReadVectors(reader), ReadPayload(reader));

    public static void WriteStored(WireWriter writer, StoredPoint point)
    {
        WriteId(writer, point.Id);
        writer.Int64(point.Version.Value);
        writer.Optional(point.Payload, WritePayload);
        writer.Optional(point.Vectors, WriteVectors);
    }

    public static StoredPoint ReadStored(WireReader reader) => new(
        ReadId(reader), new(reader.Int64()), reader.Optional(ReadPayload), reader.Optional(ReadVectors));

    private static void WriteVector(WireWriter writer, KeyValuePair<string, ReadOnlyMemory<float>> vector)
    {
        writer.Text(vector.Key);
        writer.Floats(vector.Value.Span);
    }

    private static KeyValuePair<string, ReadOnlyMemory<float>> ReadVector(WireReader reader) =>
        new(reader.Text(), reader.Floats());
}
