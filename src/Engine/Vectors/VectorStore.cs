using System.Numerics;
using System.Runtime.CompilerServices;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Memory;

namespace VectorCluster.Engine.Vectors;

/// <summary>One named vector of every place: float32, padded with zeros to whole 64-byte lines, off the GC
/// heap.</summary>
internal sealed unsafe class VectorStore
{
    private const int PageBytesWanted = 64 * 1024;

    /// <summary>Of a vector, as much as is asked for ahead.</summary>
    public const int PrefetchedBytes = 1024;

    private readonly Region _region;

    public VectorStore(Region region, int dimension)
    {
        _region = region;
        Dimension = dimension;
        PaddedDimension = OrderValue.PaddedDimension(dimension);
    }

    public int Dimension { get; }

    public int PaddedDimension { get; }

    /// <param name="isOnDisk">In mapped files rather than in memory.</param>
    public static Region NewRegion(ushort id, int dimension, bool isOnDisk = false)
    {
        var recordBytes = OrderValue.PaddedDimension(dimension) * sizeof(float);
        var recordsPerPage = Math.Max(1, PageBytesWanted / recordBytes);
        return new(
            id, recordBytes, 1 << BitOperations.Log2((uint)recordsPerPage), isOnDisk ? new MappedBlocks() : null);
    }

    /// <summary>float32[<see cref="PaddedDimension"/>], 64-byte aligned; stays in place as long as the shard is
    /// open.</summary>
    public float* this[int place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (float*)_region.Record(place);
    }

    public ReadOnlySpan<float> Read(int place) => new(this[place], Dimension);

    /// <summary>Copies a vector in; a place without the vector keeps zeros.</summary>
    public void Write(int place, ReadOnlySpan<byte> vector)
    {
        vector.CopyTo(new Span<byte>(this[place], Dimension * sizeof(float)));
        _region.MarkDirty(place);
    }

    public void Grow(int places) => _region.Grow(places);
}
