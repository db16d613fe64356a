using System.Numerics;
using System.Runtime.CompilerServices;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Memory;

namespace VectorCluster.Engine.Quantization;

/// <summary>Codes of a few bits a coordinate for the vectors of a graph, off the GC heap: what a search reads on its
/// way, and what the graph is built by.</summary>
/// <remarks>
/// In the manner of RaBitQ and its extension (arXiv:2405.12497, 2409.09913): a rotated vector x is described by y, each
/// of whose coordinates is one of 2ᵇ values on both sides of 0, a step apart (at 4 bits −7.5, −6.5, …, 7.5), on a grid
/// whose width is chosen for each vector so that y points in the direction of x as well as it can. Then
/// q·x ≈ q·y · |x|²/(x·y), without bias over rotations. A byte has the codes of 8/b coordinates: byte i, in bits b·p to
/// b·p + b − 1, that of coordinate i + p·(n·b/8). Behind the n·b/8 bytes lie two floats: |x|²/(x·y) and |x|². A record
/// is written before its place is linked, and never changes.
/// </remarks>
internal sealed unsafe class CodeStore
{
    /// <summary>What a kernel reads at a time.</summary>
    public const int BlockBytes = 64;

    public const int FactorBytes = 2 * sizeof(float);
    private const int LeastBitsToBuild = 4;
    private const int PageBytesWanted = 64 * 1024;
    public const int PrefetchedBytes = 1024;

    private readonly Region _region;

    public CodeStore(Region region, int dimension, CodeWidth width)
    {
        _region = region;
        Width = width;
        PaddedDimension = OrderValue.PaddedDimension(dimension);
        CodeBytes = PaddedDimension / width.Parts;
        Rotation = new(PaddedDimension);
    }

    public CodeWidth Width { get; }

    public int PaddedDimension { get; }

    /// <summary>Of a record, without its floats.</summary>
    public int CodeBytes { get; }

    /// <summary>Blocks of a kernel that a code takes.</summary>
    public int Blocks => BlocksOf(CodeBytes);

    /// <summary>Whether codes tell stored vectors apart well enough to build a graph by.</summary>
    public bool CanBuild => Width.Bits >= LeastBitsToBuild;

    /// <summary>Places that have room for a code.</summary>
    public int Count => _region.Count;

    public Rotation Rotation { get; }

    public static Region NewRegion(ushort id, int dimension, CodeWidth width)
    {
        var codeBytes = OrderValue.PaddedDimension(dimension) / width.Parts;
        var wholeBlocks = BlocksOf(codeBytes) * BlockBytes; // a kernel may read so far
        var recordBytes = Math.Max(wholeBlocks, codeBytes + FactorBytes);
        return new(id, recordBytes, 1 << BitOperations.Log2((uint)Math.Max(1, PageBytesWanted / recordBytes)));
    }

    public byte* this[int place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _region.Record(place);
    }

    /// <summary>True of a place that was not written, and of a vector of zeros.</summary>
    public bool IsEmpty(int place) => *(float*)(this[place] + CodeBytes + sizeof(float)) == 0;

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
        CodeEncoder.Encode(rotated, PaddedDimension, Width, this[place]);
        _region.MarkDirty(place);
    }

    private static int BlocksOf(int codeBytes) => (codeBytes + BlockBytes - 1) / BlockBytes;
}
