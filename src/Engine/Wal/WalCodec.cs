using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using VectorCluster.Engine.Distance;

namespace VectorCluster.Engine.Wal;

/// <summary>Writes a shard's operations as log records. Layout: docs/formats/shard.md.</summary>
/// <remarks>A record is all that applying needs: filters are resolved to ids, vectors under cosine are
/// normalized.</remarks>
internal static class WalCodec
{
    public const byte Version = 1;

    /// <param name="vectors">The collection's vectors in the order of their mask bits.</param>
    public static ReadOnlyMemory<byte> EncodeUpsert(
        IReadOnlyList<Point> points, IReadOnlyList<KeyValuePair<string, VectorSettings>> vectors)
    {
        var buffer = Begin(WalOperation.Upsert, points.Count);
        foreach (var point in points)
        {
            WriteId(buffer, point.Id);
            WriteBytes(buffer, point.Payload.IsEmpty ? default : point.Payload.Utf8.Span);
            WriteVectors(buffer, point.Vectors, vectors);
        }

        return buffer.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> EncodeDelete(IReadOnlyList<PointId> ids)
    {
        var buffer = Begin(WalOperation.Delete, ids.Count);
        foreach (var id in ids) WriteId(buffer, id);
        return buffer.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> EncodePayloadChange(IReadOnlyList<PointId> ids, PayloadChange change)
    {
        var buffer = Begin(WalOperation.ChangePayload, ids.Count);
        foreach (var id in ids) WriteId(buffer, id);
        switch (change)
        {
            case SetPayload set:
                WriteByte(buffer, (byte)WalPayloadChange.Set);
                WriteBytes(buffer, set.Values.Utf8.Span);
                WriteText(buffer, set.Key?.Text ?? "");
                break;
            case OverwritePayload overwrite:
                WriteByte(buffer, (byte)WalPayloadChange.Overwrite);
                WriteBytes(buffer, overwrite.Values.Utf8.Span);
                break;
            case DeletePayloadKeys delete:
                WriteByte(buffer, (byte)WalPayloadChange.DeleteKeys);
                WriteInt32(buffer, delete.Keys.Count);
                foreach (var key in delete.Keys) WriteText(buffer, key.Text);
                break;
            default:
                WriteByte(buffer, (byte)WalPayloadChange.Clear);
                break;
        }

        return buffer.WrittenMemory;
    }

    private static ArrayBufferWriter<byte> Begin(WalOperation operation, int count)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        WriteByte(buffer, Version);
        WriteByte(buffer, (byte)operation);
        WriteInt32(buffer, count);
        return buffer;
    }

    private static void WriteVectors(
        ArrayBufferWriter<byte> buffer, VectorSet set, IReadOnlyList<KeyValuePair<string, VectorSettings>> vectors)
    {
        WriteByte(buffer, (byte)set.Count);
        for (var bit = 0; bit < vectors.Count; bit++)
        {
            if (!set.TryGet(vectors[bit].Key, out var vector)) continue;
            WriteByte(buffer, (byte)bit);
            var bytes = vector.Length * sizeof(float);
            var target = MemoryMarshal.Cast<byte, float>(buffer.GetSpan(bytes)[..bytes]);
            vector.Span.CopyTo(target);
            if (vectors[bit].Value.Metric == DistanceMetric.Cosine) Normalization.Normalize(target);
            buffer.Advance(bytes);
        }
    }

    private static void WriteId(ArrayBufferWriter<byte> buffer, PointId id)
    {
        WriteByte(buffer, (byte)id.Kind);
        if (id.Kind == PointIdKind.Text)
        {
            WriteText(buffer, id.Text);
            return;
        }

        BinaryPrimitives.WriteUInt128LittleEndian(buffer.GetSpan(16), id.Bits);
        buffer.Advance(16);
    }

    private static void WriteText(ArrayBufferWriter<byte> buffer, string text) =>
        WriteBytes(buffer, Encoding.UTF8.GetBytes(text));

    private static void WriteBytes(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> bytes)
    {
        WriteInt32(buffer, bytes.Length);
        buffer.Write(bytes);
    }

    private static void WriteInt32(ArrayBufferWriter<byte> buffer, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), value);
        buffer.Advance(sizeof(int));
    }

    private static void WriteByte(ArrayBufferWriter<byte> buffer, byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }
}

/// <summary>What a log record does. The values are stored; they never change.</summary>
internal enum WalOperation : byte
{
    Upsert = 1,
    Delete = 2,
    ChangePayload = 3,
}

/// <summary>Which change of a payload. The values are stored; they never change.</summary>
internal enum WalPayloadChange : byte
{
    Set = 1,
    Overwrite = 2,
    DeleteKeys = 3,
    Clear = 4,
}
