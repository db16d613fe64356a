using System.Buffers.Binary;

namespace VectorCluster.Engine.Memory;

/// <summary>Byte strings of any length, appended and never changed: payloads and string ids.</summary>
/// <remarks>
/// A blob is a 4-byte length and its bytes, contiguous in one block of the region. References are byte offsets plus
/// one, so that 0 can mean "none". A replaced blob is garbage until the shard is compacted.
/// </remarks>
internal sealed unsafe class BlobArena(Region region)
{
    /// <summary>Region records are units of this many bytes, so that 32-bit record numbers reach 32 GiB.</summary>
    public const int UnitBytes = 16;

    /// <summary>Units a page: 64 KiB, small enough that a few new payloads do not cost a large write.</summary>
    public const int UnitsPerPage = 4096;

    private const int LengthBytes = sizeof(int);

    /// <summary>Copies the bytes in. Readers find them once they have the reference.</summary>
    /// <returns>The reference; 0 for no bytes.</returns>
    public uint Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return 0;
        var units = (LengthBytes + bytes.Length + UnitBytes - 1) / UnitBytes;
        var start = region.Count;
        while (region.ContiguousFrom(start) < units) start += region.ContiguousFrom(start);
        region.Grow(start + units);
        var blob = new Span<byte>(region.Record(start), units * UnitBytes);
        BinaryPrimitives.WriteInt32LittleEndian(blob, bytes.Length);
        bytes.CopyTo(blob[LengthBytes..]);
        for (var unit = start; unit < start + units; unit += UnitsPerPage) region.MarkDirty(unit);
        region.MarkDirty(start + units - 1);
        return (uint)start + 1;
    }

    public ReadOnlySpan<byte> Read(uint reference)
    {
        if (reference == 0) return default;
        var blob = region.Record((int)(reference - 1));
        return new(blob + LengthBytes, *(int*)blob);
    }
}
