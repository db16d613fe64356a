using System.Numerics;
using System.Runtime.CompilerServices;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Memory;

namespace VectorCluster.Engine.Quantization;

/// <summary>Codes of 4 bits a coordinate for the vectors of a graph, off the GC heap: what a search reads on its way,
/// an eighth of the vectors' bytes.</summary>
/// <remarks>
/// In the manner of the extension of RaBitQ (arXiv:2409.09913): a rotated vector x is described by y, each of whose
/// coordinates is one of −7.5, −6.5, …, 7.5, on a grid whose width is chosen for each vector so that y points in the
/// direction of x as well as it can. Then q·x ≈ q·y · |x|²/(x·y), without bias over rotations. Byte i of a code holds
/// coordinate i in its low half and coordinate i + n/2 in its high half. Behind the n/2 bytes lie two floats:
/// |x|²/(x·y) and |x|². A record is written before its place is linked, and never changes.
/// </remarks>
internal sealed unsafe class CodeStore
{
    /// <summary>What a kernel reads at a time.</summary>
    public const int BlockBytes = 64;

    public const int FactorBytes = 2 * sizeof(float);
    private const int PageBytesWanted = 64 * 1024;
    public const int PrefetchedBytes = 1024;

    private readonly Region _region;

    public CodeStore(Region region, int dimension)
    {
        _region = region;
        PaddedDimension = OrderValue.PaddedDimension(dimension);
        Rotation = new(PaddedDimension);
    }

    public int PaddedDimension { get; }

    public int CodeBytes => PaddedDimension / 2;

    /// <summary>Places that have room for a code.</summary>
    public int Count => _region.Count;

    public Rotation Rotation { get; }

    public static Region NewRegion(ushort id, int dimension)
    {
        var codeBytes = OrderValue.PaddedDimension(dimension) / 2;
        var wholeBlocks = (codeBytes + BlockBytes - 1) / BlockBytes * BlockBytes; // a kernel may read so far
        var recordBytes = Math.Max(wholeBlocks, codeBytes + FactorBytes);
        return new(id, recordBytes, 1 << BitOperations.Log2((uint)Math.Max(1, PageBytesWanted / recordBytes)));
    }

    public byte* this[int place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _region.Record(place);
    }

    public void Grow(int places) => _region.Grow(places);

    /// <summary>Takes over what another store of such codes has of a place.</summary>
    public void Copy(int place, CodeStore from, int fromPlace)
    {
        new ReadOnlySpan<byte>(from[fromPlace], _region.RecordBytes).CopyTo(new(this[place], _region.RecordBytes));
        _region.MarkDirty(place);
    }

    /// <summary>Describes a place's vector.</summary>
    /// <param name="rotated">float32[<see cref="PaddedDimension"/>].</param>
    public void Write(int place, float* rotated)
    {
        FourBitCode.Encode(rotated, PaddedDimension, this[place]);
        _region.MarkDirty(place);
    }
}
