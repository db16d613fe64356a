using System.Buffers.Binary;
using System.Numerics;

namespace VectorCluster.Engine.Memory;

/// <summary>Byte strings of any length, appended and never changed: payloads and string ids.</summary>
/// <remarks>
/// A blob is a 4-byte length and its bytes, contiguous in one block of the region. References are unit numbers plus
/// one, so that 0 can mean "none". An erased blob is garbage until the shard is repaired: its bytes stay in memory,
/// for readers as of an earlier LSN, but every page that is saved from then on has zeros in their place.
/// </remarks>
internal sealed unsafe class BlobArena
{
    /// <summary>Region records are units of this many bytes, so that 32-bit record numbers reach 32 GiB.</summary>
    public const int UnitBytes = 16;

    /// <summary>Units a page: 64 KiB, small enough that a few new payloads do not cost a large write.</summary>
    public const int UnitsPerPage = 4096;

    private const int LengthBytes = sizeof(int);
    private const int BitsPerWord = 64;

    private readonly Region _region;
    private ulong[] _erased = []; // a bit a unit, up to the last erased one; writers and checkpoints exclude each other

    public BlobArena(Region region)
    {
        _region = region;
        region.Scrubber = Scrub;
    }

    /// <summary>Copies the bytes in. Readers find them once they have the reference.</summary>
    /// <returns>The reference; 0 for no bytes.</returns>
    public uint Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return 0;
        var units = UnitsOf(bytes.Length);
        var start = _region.Count;
        while (_region.ContiguousFrom(start) < units) start += _region.ContiguousFrom(start);
        _region.Grow(start + units);
        var blob = new Span<byte>(_region.Record(start), units * UnitBytes);
        BinaryPrimitives.WriteInt32LittleEndian(blob, bytes.Length);
        bytes.CopyTo(blob[LengthBytes..]);
        for (var unit = start; unit < start + units; unit += UnitsPerPage) _region.MarkDirty(unit);
        _region.MarkDirty(start + units - 1);
        return (uint)start + 1;
    }

    public ReadOnlySpan<byte> Read(uint reference)
    {
        if (reference == 0) return default;
        var blob = _region.Record((int)(reference - 1));
        return new(blob + LengthBytes, *(int*)blob);
    }

    /// <summary>Keeps a blob that no live point has out of what is saved from now on.</summary>
    public void Erase(uint reference)
    {
        if (reference == 0) return;
        var first = (int)(reference - 1);
        var last = first + UnitsOf(Read(reference).Length) - 1;
        if (last / BitsPerWord >= _erased.Length)
            Array.Resize(ref _erased, Math.Max((last / BitsPerWord) + 1, _erased.Length * 2));
        for (var unit = first; unit <= last; unit++) _erased[unit / BitsPerWord] |= 1ul << (unit % BitsPerWord);
        for (var page = first / UnitsPerPage; page <= last / UnitsPerPage; page++) _region.MarkPageDirty(page);
    }

    private static int UnitsOf(int length) => (LengthBytes + length + UnitBytes - 1) / UnitBytes;

    private void Scrub(int page, Span<byte> copy)
    {
        var start = page * (UnitsPerPage / BitsPerWord);
        var end = Math.Min(start + (UnitsPerPage / BitsPerWord), _erased.Length);
        for (var word = start; word < end; word++)
        {
            for (var left = _erased[word]; left != 0; left &= left - 1)
            {
                var unit = ((word - start) * BitsPerWord) + BitOperations.TrailingZeroCount(left);
                copy.Slice(unit * UnitBytes, UnitBytes).Clear();
            }
        }
    }
}
