using System.Buffers.Binary;

using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Files;

/// <summary>Frame of a small file that is replaced as a whole. Layout: docs/formats/data-directory.md, "Sealed
/// file".</summary>
internal static class SealedFile
{
    public const int HeaderBytes = 16;
    public const int TrailerBytes = 4;
    public const uint Version = 1;

    /// <param name="magic">8 ASCII characters that say what kind of file it is.</param>
    /// <param name="payload">Anything, also nothing.</param>
    public static byte[] Seal(ReadOnlySpan<byte> magic, ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[HeaderBytes + payload.Length + TrailerBytes];
        magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), payload.Length);
        payload.CopyTo(bytes.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(^TrailerBytes..), Crc32C.Of(bytes.AsSpan(..^TrailerBytes)));
        return bytes;
    }

    /// <returns>The payload, or null when there is no such file.</returns>
    /// <exception cref="DamagedFileException">It is not what <see cref="Seal"/> made, or a newer version made
    /// it.</exception>
    public static byte[]? TryRead(string path, ReadOnlySpan<byte> magic)
    {
        var bytes = PositionalRead.TryReadAll(path);
        if (bytes is null) return null;
        if (bytes.Length < HeaderBytes + TrailerBytes) throw new DamagedFileException(path, 0, "it is too short");
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(^TrailerBytes..));
        if (Crc32C.Of(bytes.AsSpan(..^TrailerBytes)) != crc)
            throw new DamagedFileException(path, 0, "its checksum is wrong");
        if (!bytes.AsSpan(0, 8).SequenceEqual(magic))
            throw new DamagedFileException(path, 0, "it is a file of another kind");

        var version = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8));
        if (version != Version)
            throw new DamagedFileException(path, 8, $"its format is {version}, and this program reads {Version}");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12)) != bytes.Length - HeaderBytes - TrailerBytes)
            throw new DamagedFileException(path, 12, "its length is wrong");
        return bytes[HeaderBytes..^TrailerBytes];
    }
}
