using System.Buffers.Binary;
using System.Security.Cryptography;

using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Files;

/// <summary>First 64 bytes of a segment. Written and flushed under a temporary name, so never torn.</summary>
/// <param name="FirstLsn">LSN of the segment's first record.</param>
/// <param name="Epoch">Of the owner that began the segment.</param>
/// <param name="Mask">Is XORed to the bodies, see docs/formats/wal.md, "Mask".</param>
internal readonly record struct WalSegmentHeader(long FirstLsn, long Epoch, ulong Mask)
{
    public const int Bytes = 64;

    private static ReadOnlySpan<byte> Magic => "VCWALSEG"u8;

    /// <summary>Derives the mask from what the segment is: no randomness, and no two segments alike.</summary>
    public static WalSegmentHeader Create(ReadOnlySpan<byte> digest, long firstLsn, long epoch)
    {
        Span<byte> source = stackalloc byte[32];
        digest.CopyTo(source);
        BinaryPrimitives.WriteInt64LittleEndian(source[16..], firstLsn);
        BinaryPrimitives.WriteInt64LittleEndian(source[24..], epoch);
        return new(firstLsn, epoch, BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(source)));
    }

    public byte[] Encode(ReadOnlySpan<byte> digest)
    {
        var bytes = new byte[Bytes];
        var span = bytes.AsSpan();
        Magic.CopyTo(span);
        BinaryPrimitives.WriteUInt32LittleEndian(span[8..], WalFormat.Version);
        BinaryPrimitives.WriteInt64LittleEndian(span[16..], FirstLsn);
        BinaryPrimitives.WriteInt64LittleEndian(span[24..], Epoch);
        digest.CopyTo(span[32..]);
        BinaryPrimitives.WriteUInt64LittleEndian(span[48..], Mask);
        BinaryPrimitives.WriteUInt32LittleEndian(span[60..], Crc32C.Of(span[..60]));
        return bytes;
    }

    /// <exception cref="DamagedFileException">It is not the header of this segment of this shard.</exception>
    public static WalSegmentHeader Decode(
        string path, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> digest, long firstLsn)
    {
        if (bytes.Length < Bytes) throw new DamagedFileException(path, 0, "the segment header is cut short");
        if (Crc32C.Of(bytes[..60]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..]))
            throw new DamagedFileException(path, 0, "the checksum of the segment header is wrong");
        if (!bytes[..8].SequenceEqual(Magic)) throw new DamagedFileException(path, 0, "it is not a segment");

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version != WalFormat.Version)
            throw new DamagedFileException(
                path, 8, $"its format is {version}, and this program reads {WalFormat.Version}");
        if (!bytes.Slice(32, 16).SequenceEqual(digest))
            throw new DamagedFileException(path, 32, "it belongs to another shard");

        var header = new WalSegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]));
        return header.FirstLsn == firstLsn
            ? header
            : throw new DamagedFileException(path, 16, $"it begins at LSN {header.FirstLsn}, unlike its name");
    }
}
