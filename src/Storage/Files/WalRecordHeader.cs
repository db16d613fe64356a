using System.Buffers.Binary;
using System.Runtime.InteropServices;

using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Files;

/// <summary>32 bytes before every record's body. Layout: docs/formats/wal.md, "Record".</summary>
/// <param name="Length">Of the body, in bytes.</param>
/// <param name="Index">Place in its append, from 0. LSN minus index says which append the record belongs to.</param>
/// <param name="IsLast">The append ends with this record; without it, nothing of the append counts.</param>
/// <param name="BodyCrc">CRC-32C of the body as it was given, before the mask.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WalRecordHeader(
    int Length, ushort Index, bool IsLast, long Lsn, long Epoch, uint BodyCrc)
{
    public const int Bytes = 32;

    private const ushort LastFlag = 1;

    /// <summary>First LSN of the append that the record belongs to.</summary>
    public long AppendLsn => Lsn - Index;

    /// <summary>Bytes in the file: header, body, filler.</summary>
    public long RecordBytes => SizeOf(Length);

    /// <summary>At least one byte of filler, and the next record begins aligned.</summary>
    public static long SizeOf(int bodyLength) =>
        ((long)Bytes + bodyLength + WalFormat.Alignment) & -WalFormat.Alignment;

    /// <param name="destination">At least <see cref="Bytes"/>.</param>
    /// <param name="mask">Of the segment; counts in the checksum, so that no record passes in a segment that is not its
    /// own.</param>
    public void Encode(Span<byte> destination, ulong mask)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, Length);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[4..], Index);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], IsLast ? LastFlag : (ushort)0);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Lsn);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Epoch);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[24..], BodyCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[28..], Crc(destination, mask));
    }

    /// <returns>False: the checksum is wrong.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> source, ulong mask, out WalRecordHeader header)
    {
        header = new(
            BinaryPrimitives.ReadInt32LittleEndian(source),
            BinaryPrimitives.ReadUInt16LittleEndian(source[4..]),
            BinaryPrimitives.ReadUInt16LittleEndian(source[6..]) == LastFlag,
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[24..]));
        return BinaryPrimitives.ReadUInt32LittleEndian(source[28..]) == Crc(source, mask) && header.Length > 0;
    }

    private static uint Crc(ReadOnlySpan<byte> header, ulong mask)
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(seed, mask);
        return Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Start, seed), header[..28]));
    }
}
