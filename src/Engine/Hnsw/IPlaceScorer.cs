using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Vectors;

namespace VectorCluster.Engine.Hnsw;

/// <summary>How near places are to a query, by whatever describes them. A type, so that the JIT makes it part of the
/// search loop.</summary>
internal unsafe interface IPlaceScorer
{
    /// <summary>Bytes of what describes a place that are worth asking for ahead; the processor goes on by
    /// itself.</summary>
    int PrefetchedBytes { get; }

    /// <summary>Where what describes a place lies.</summary>
    byte* RecordOf(int place);

    /// <returns>Smaller is nearer.</returns>
    float OrderOf(byte* record);

    /// <summary>Of four places.</summary>
    Vector128<float> OrdersOf(byte* record0, byte* record1, byte* record2, byte* record3);
}

/// <summary>By the float32 vectors.</summary>
internal readonly unsafe struct VectorScorer<TKernel>(float* query, VectorStore vectors) : IPlaceScorer
    where TKernel : struct, IKernel
{
    private readonly float* _query = query;
    private readonly int _dimension = vectors.PaddedDimension;

    public int PrefetchedBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Math.Min(_dimension * sizeof(float), VectorStore.PrefetchedBytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* RecordOf(int place) => (byte*)vectors[place];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float OrderOf(byte* record) => TKernel.Compute(_query, (float*)record, _dimension);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> OrdersOf(byte* record0, byte* record1, byte* record2, byte* record3) =>
        TKernel.ComputeFour(
            _query, (float*)record0, (float*)record1, (float*)record2, (float*)record3, _dimension);
}
