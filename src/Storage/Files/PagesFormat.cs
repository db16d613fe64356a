using System.Buffers.Binary;
using System.Globalization;
using VectorCluster.Engine.Checkpoints;

using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Files;

/// <summary>Names a pages file: the LSN of its checkpoint, and a number that tells checkpoints of one LSN
/// apart.</summary>
internal readonly record struct PagesFileId(long Lsn, long Sequence) : IComparable<PagesFileId>
{
    public string FileName =>
        string.Create(CultureInfo.InvariantCulture, $"{Lsn:D20}-{Sequence:D20}{PagesFormat.Suffix}");

    public int CompareTo(PagesFileId other) => Sequence.CompareTo(other.Sequence);

    public static bool TryParse(ReadOnlySpan<char> fileName, out PagesFileId id)
    {
        id = default;
        if (fileName.Length != 41 + PagesFormat.Suffix.Length || !fileName.EndsWith(PagesFormat.Suffix)
            || !long.TryParse(fileName[..20], NumberStyles.None, CultureInfo.InvariantCulture, out var lsn)
            || !long.TryParse(fileName[21..41], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            return false;
        id = new(lsn, sequence);
        return true;
    }
}

/// <summary>Where a page's newest bytes stand.</summary>
/// <param name="Offset">Of the bytes, behind the page's header.</param>
internal readonly record struct PageLocation(PagesFileId File, long Offset, int Length, uint Crc)
{
    /// <summary>Bytes that the page takes in its file.</summary>
    public long StoredBytes => PagesFormat.StoredBytes(Length);
}

/// <summary>Layout of a pages file: docs/formats/checkpoint.md.</summary>
internal static class PagesFormat
{
    public const uint Version = 1;
    public const string Suffix = ".vcpages";
    public const int FileHeaderBytes = 64;
    public const int PageHeaderBytes = 16;
    public const int Alignment = 16;

    private static ReadOnlySpan<byte> Magic => "VCPAGES\0"u8;

    public static long StoredBytes(int length) => (PageHeaderBytes + (long)length + Alignment - 1) & -Alignment;

    public static byte[] EncodeFileHeader(PagesFileId id, ReadOnlySpan<byte> digest)
    {
        var bytes = new byte[FileHeaderBytes];
        var span = bytes.AsSpan();
        Magic.CopyTo(span);
        BinaryPrimitives.WriteUInt32LittleEndian(span[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(span[16..], id.Lsn);
        BinaryPrimitives.WriteInt64LittleEndian(span[24..], id.Sequence);
        digest.CopyTo(span[32..]);
        BinaryPrimitives.WriteUInt32LittleEndian(span[60..], Crc32C.Of(span[..60]));
        return bytes;
    }

    /// <exception cref="DamagedFileException">It is not the header of this file of this shard.</exception>
    public static void CheckFileHeader(string path, ReadOnlySpan<byte> bytes, PagesFileId id, ReadOnlySpan<byte> digest)
    {
        if (bytes.Length < FileHeaderBytes) throw new DamagedFileException(path, 0, "the file header is cut short");
        if (Crc32C.Of(bytes[..60]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[60..]))
            throw new DamagedFileException(path, 0, "the checksum of the file header is wrong");

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (version != Version)
            throw new DamagedFileException(path, 8, $"its format is {version}, and this program reads {Version}");
        if (!bytes.SequenceEqual(EncodeFileHeader(id, digest)))
            throw new DamagedFileException(path, 16, "it belongs to another shard or checkpoint");
    }

    public static void EncodePageHeader(Span<byte> destination, PageKey key, int length, uint crc)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(destination, key.Region);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[2..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], key.Page);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], crc);
    }
}
