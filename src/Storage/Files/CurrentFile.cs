using System.Buffers.Binary;
using VectorCluster.Engine.Checkpoints;

using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Files;

/// <summary>The file CURRENT of a shard: which checkpoint counts. Replacing it is the moment at which a checkpoint
/// exists.</summary>
/// <param name="File">Holds the manifest and the table.</param>
/// <param name="Manifest">Where the manifest's body stands.</param>
/// <param name="Table">Where the page table stands.</param>
internal sealed record CurrentFile(PagesFileId File, FileExtent Manifest, FileExtent Table)
{
    public const string Name = "CURRENT";

    private const int PayloadBytes = 64;

    private static ReadOnlySpan<byte> Magic => "VCCURRNT"u8;

    /// <returns>Null: there is no checkpoint.</returns>
    /// <exception cref="DamagedFileException">The file is damaged, or another shard's.</exception>
    public static CurrentFile? TryRead(string folder, ReadOnlySpan<byte> digest)
    {
        var path = Path.Join(folder, Name);
        var payload = SealedFile.TryRead(path, Magic);
        if (payload is null) return null;
        if (payload.Length != PayloadBytes)
            throw new DamagedFileException(path, SealedFile.HeaderBytes, "its length is wrong");
        if (!payload.AsSpan(16, 16).SequenceEqual(digest))
            throw new DamagedFileException(path, SealedFile.HeaderBytes + 16, "it belongs to another shard");
        return new(
            new(
                BinaryPrimitives.ReadInt64LittleEndian(payload),
                BinaryPrimitives.ReadInt64LittleEndian(payload.AsSpan(8))),
            FileExtent.Decode(payload.AsSpan(32)),
            FileExtent.Decode(payload.AsSpan(48)));
    }

    public void Write(Disk disk, string folder, ReadOnlySpan<byte> digest)
    {
        var payload = new byte[PayloadBytes];
        BinaryPrimitives.WriteInt64LittleEndian(payload, File.Lsn);
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(8), File.Sequence);
        digest.CopyTo(payload.AsSpan(16));
        Manifest.Encode(payload.AsSpan(32));
        Table.Encode(payload.AsSpan(48));
        disk.Replace(Path.Join(folder, Name), SealedFile.Seal(Magic, payload));
    }

    /// <exception cref="DamagedFileException">The manifest is damaged.</exception>
    public CheckpointManifest ReadManifest(string folder) =>
        new(new Lsn(File.Lsn), ReadExtent(folder, Manifest, "manifest"));

    /// <exception cref="DamagedFileException">The table is damaged.</exception>
    public PageTable ReadTable(string folder) => PageTable.Decode(ReadExtent(folder, Table, "page table"));

    private byte[] ReadExtent(string folder, FileExtent extent, string what)
    {
        using var window = FileWindow.Open(Path.Join(folder, File.FileName));
        if (extent.Offset + extent.Length > window.Length)
            throw new DamagedFileException(window.Path, window.Length, $"the {what} is cut short");
        var bytes = GC.AllocateUninitializedArray<byte>(extent.Length);
        var count = window.Read(extent.Offset, bytes);
        return count == bytes.Length && Crc32C.Of(bytes) == extent.Crc
            ? bytes
            : throw new DamagedFileException(window.Path, extent.Offset, $"the checksum of the {what} is wrong");
    }
}

/// <summary>A part of a file, and the CRC-32C of its bytes. 16 bytes when stored.</summary>
internal readonly record struct FileExtent(long Offset, int Length, uint Crc)
{
    public void Encode(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, Offset);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Crc);
    }

    public static FileExtent Decode(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadInt64LittleEndian(source),
        BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(source[12..]));
}
