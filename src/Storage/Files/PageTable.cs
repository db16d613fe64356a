using System.Buffers.Binary;
using VectorCluster.Engine.Checkpoints;

namespace VectorCluster.Storage.Files;

/// <summary>Every page of a checkpoint, and the pages files in which they stand. Layout: docs/formats/checkpoint.md,
/// "Table".</summary>
internal sealed class PageTable
{
    private const int HeaderBytes = 16;
    private const int FileBytes = 24;
    private const int EntryBytes = 32;

    public Dictionary<PageKey, PageLocation> Pages { get; } = [];

    /// <summary>End of the pages in each file; behind it stand a manifest and a table.</summary>
    public Dictionary<PagesFileId, long> Files { get; } = [];

    /// <summary>Bytes of each file's pages that a newer page has not replaced.</summary>
    public Dictionary<PagesFileId, long> LiveBytes()
    {
        var live = Files.Keys.ToDictionary(static file => file, static _ => 0L);
        foreach (var location in Pages.Values) live[location.File] += location.StoredBytes;
        return live;
    }

    public byte[] Encode()
    {
        var bytes = new byte[checked(HeaderBytes + Files.Count * FileBytes + Pages.Count * EntryBytes)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Files.Count);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Pages.Count);
        var rest = bytes.AsSpan(HeaderBytes);
        var numbers = new Dictionary<PagesFileId, int>();
        foreach (var (file, end) in Files)
        {
            numbers.Add(file, numbers.Count);
            BinaryPrimitives.WriteInt64LittleEndian(rest, file.Lsn);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], file.Sequence);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], end);
            rest = rest[FileBytes..];
        }

        foreach (var (key, location) in Pages)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(rest, key.Region);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], key.Page);
            BinaryPrimitives.WriteInt32LittleEndian(rest[8..], numbers[location.File]);
            BinaryPrimitives.WriteInt32LittleEndian(rest[12..], location.Length);
            BinaryPrimitives.WriteInt64LittleEndian(rest[16..], location.Offset);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[24..], location.Crc);
            rest = rest[EntryBytes..];
        }

        return bytes;
    }

    /// <param name="bytes">What <see cref="Encode"/> made; the caller has checked the checksum.</param>
    public static PageTable Decode(ReadOnlySpan<byte> bytes)
    {
        var table = new PageTable();
        var files = new PagesFileId[BinaryPrimitives.ReadInt32LittleEndian(bytes)];
        var count = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        bytes = bytes[HeaderBytes..];
        for (var i = 0; i < files.Length; i++)
        {
            files[i] = new(
                BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));
            table.Files.Add(files[i], BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));
            bytes = bytes[FileBytes..];
        }

        table.Pages.EnsureCapacity(count);
        for (; count > 0; count--)
        {
            var key = new PageKey(
                BinaryPrimitives.ReadUInt16LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
            table.Pages.Add(key, new(
                files[BinaryPrimitives.ReadInt32LittleEndian(bytes[8..])],
                BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..])));
            bytes = bytes[EntryBytes..];
        }

        return table;
    }
}
