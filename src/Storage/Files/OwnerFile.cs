using System.Buffers.Binary;
using System.Text;

namespace VectorCluster.Storage.Files;

/// <summary>The file OWNER of a shard: its true name, its newest epoch, and a segment that must be there.</summary>
/// <param name="Epoch">Newest epoch that was given out.</param>
/// <param name="NewestSegment">First LSN of the newest segment. A newer one may exist, made just before a
/// crash.</param>
internal sealed record OwnerFile(ShardId Shard, long Epoch, long NewestSegment)
{
    public const string Name = "OWNER";

    private const int FixedBytes = 24;

    private static ReadOnlySpan<byte> Magic => "VCOWNER\0"u8;

    /// <returns>Null: there is no such shard.</returns>
    /// <exception cref="DamagedFileException">The file is damaged.</exception>
    public static OwnerFile? TryRead(string folder)
    {
        var path = Path.Join(folder, Name);
        var payload = SealedFile.TryRead(path, Magic);
        if (payload is null) return null;
        if (payload.Length < FixedBytes)
            throw new DamagedFileException(path, SealedFile.HeaderBytes, "it is too short");

        var collectionBytes = BinaryPrimitives.ReadUInt16LittleEndian(payload.AsSpan(20));
        var namespaceBytes = BinaryPrimitives.ReadUInt16LittleEndian(payload.AsSpan(22));
        if (payload.Length != FixedBytes + collectionBytes + namespaceBytes)
            throw new DamagedFileException(path, SealedFile.HeaderBytes + 20, "its names have wrong lengths");
        var shard = new ShardId(
            Encoding.UTF8.GetString(payload, FixedBytes, collectionBytes),
            Encoding.UTF8.GetString(payload, FixedBytes + collectionBytes, namespaceBytes),
            BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(16)));
        return new(
            shard,
            BinaryPrimitives.ReadInt64LittleEndian(payload),
            BinaryPrimitives.ReadInt64LittleEndian(payload.AsSpan(8)));
    }

    public void Write(Disk disk, string folder)
    {
        var collection = FileNames.ToUtf8(Shard.Collection);
        var @namespace = FileNames.ToUtf8(Shard.Namespace);
        var payload = new byte[FixedBytes + collection.Length + @namespace.Length];
        BinaryPrimitives.WriteInt64LittleEndian(payload, Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(8), NewestSegment);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(16), Shard.Index);
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(20), (ushort)collection.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(22), (ushort)@namespace.Length);
        collection.CopyTo(payload, FixedBytes);
        @namespace.CopyTo(payload, FixedBytes + collection.Length);
        disk.Replace(Path.Join(folder, Name), SealedFile.Seal(Magic, payload));
    }
}
