using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Vectors;

namespace VectorCluster.Engine.Hnsw;

/// <summary>How near places are to a query, by whatever describes them. A type, so that the JIT makes it part of the
/// search loop.</summary>
internal unsafe interface IPlaceScorer
{
    /// <returns>Smaller is nearer.</returns>
    float OrderOf(int place);

    /// <summary>Of four places.</summary>
    Vector128<float> OrdersOf(int* places);

    void PrefetchIntoL1(int place);

    void PrefetchIntoL2(int place);
}

/// <summary>By the float32 vectors.</summary>
internal readonly unsafe struct VectorScorer<TKernel>(float* query, VectorStore vectors) : IPlaceScorer
    where TKernel : struct, IKernel
{
    private readonly float* _query = query;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float OrderOf(int place) => TKernel.Compute(_query, vectors[place], vectors.PaddedDimension);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> OrdersOf(int* places) => TKernel.ComputeFour(
        _query,
        vectors[places[0]],
        vectors[places[1]],
        vectors[places[2]],
        vectors[places[3]],
        vectors.PaddedDimension);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchIntoL1(int place) => vectors.PrefetchIntoL1(place);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchIntoL2(int place) => vectors.PrefetchIntoL2(place);
}
