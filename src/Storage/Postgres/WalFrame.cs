using System.Buffers;
using System.Buffers.Binary;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Storage.Postgres;

/// <summary>The records of one append as one sealed byte string. Layout: docs/formats/postgres.md, "Log
/// frames".</summary>
internal static class WalFrame
{
    private const int LengthBytes = sizeof(int);

    /// <summary>Bytes at the start of a frame that its length can be told from.</summary>
    public const int StartBytes = LengthBytes;

    /// <summary>Largest frame: the largest commit, the lengths in it, and the seal.</summary>
    public const int MaxBytes =
        (int)WalLimits.MaxCommitBytes + ((WalLimits.MaxRecords + 2) * LengthBytes) + Seal.MaxOverhead;

    /// <returns>Rented: give it back to <see cref="ArrayPool{T}"/>.</returns>
    public static ArraySegment<byte> Encode(
        IReadOnlyList<ReadOnlyMemory<byte>> records, Seal seal, long shardKey, long lastLsn)
    {
        var bodyBytes = LengthBytes;
        foreach (var record in records) bodyBytes += LengthBytes + record.Length;
        var total = LengthBytes + seal.Prefix + bodyBytes + seal.Suffix;
        var buffer = ArrayPool<byte>.Shared.Rent(total);
        var frame = buffer.AsSpan(0, total);
        BinaryPrimitives.WriteInt32LittleEndian(frame, total);
        var body = frame[(LengthBytes + seal.Prefix)..];
        BinaryPrimitives.WriteInt32LittleEndian(body, records.Count);
        var position = LengthBytes;
        foreach (var record in records)
        {
            BinaryPrimitives.WriteInt32LittleEndian(body[position..], record.Length);
            record.Span.CopyTo(body[(position + LengthBytes)..]);
            position += LengthBytes + record.Length;
        }

        seal.Close(frame[LengthBytes..], PlaceOf(shardKey, lastLsn));
        return new(buffer, 0, total);
    }

    /// <summary>Length of a frame.</summary>
    /// <param name="start">Its first <see cref="StartBytes"/> bytes, at least.</param>
    public static int LengthOf(ReadOnlySpan<byte> start) => BinaryPrimitives.ReadInt32LittleEndian(start);

    /// <returns>False: the frame is damaged.</returns>
    public static bool TryDecode(
        ReadOnlySpan<byte> frame, Seal seal, long shardKey, long lastLsn, List<WalRecord> records)
    {
        var sealedBody = frame[LengthBytes..];
        if (sealedBody.IsEmpty) return false;
        var (prefix, suffix) = Seal.ShapeOf(sealedBody);
        if (sealedBody.Length < prefix + suffix + LengthBytes) return false;
        var body = new byte[sealedBody.Length - prefix - suffix];
        if (!seal.TryOpen(sealedBody, PlaceOf(shardKey, lastLsn), body)) return false;

        var count = BinaryPrimitives.ReadInt32LittleEndian(body);
        var position = LengthBytes;
        for (var i = 0; i < count; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(position));
            position += LengthBytes;
            records.Add(new(new(lastLsn - count + 1 + i), body.AsMemory(position, length)));
            position += length;
        }

        return true;
    }

    private static SealedPlace PlaceOf(long shardKey, long lastLsn) => new(SealedTable.Wal, shardKey, lastLsn, 0, 0);
}
