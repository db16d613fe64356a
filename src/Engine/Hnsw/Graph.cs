using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Vectors;

namespace VectorCluster.Engine.Hnsw;

/// <summary>A hierarchical navigable small world graph over one named vector (Malkov and Yashunin,
/// arXiv:1603.09320).</summary>
/// <remarks>
/// Names are the paper's: M, M0, efConstruction, efSearch, level, entry point, neighbours, candidates. Searches run
/// beside insertions without locks. Deleted places stay as stepping stones; the filter keeps them out of results.
/// </remarks>
internal sealed unsafe partial class Graph<TKernel>(VectorStore vectors, LinkStore links)
    where TKernel : struct, IKernel
{
    private const long NoEntryPoint = -1;

    /// <summary>Distances computed at a time.</summary>
    private const int GroupSize = 4;

    private long _entryPoint = NoEntryPoint; // level in the high half, place in the low half: one store

    public VectorStore Vectors => vectors;

    public LinkStore Links => links;

    /// <summary>Where searches start; level −1: the graph is empty.</summary>
    public (int Place, int Level) EntryPoint
    {
        get
        {
            var packed = Volatile.Read(ref _entryPoint);
            return ((int)packed, (int)(packed >> 32));
        }
        set => Volatile.Write(ref _entryPoint, ((long)value.Level << 32) | (uint)value.Place);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float OrderValueOf(float* query, int place) =>
        TKernel.Compute(query, vectors[place], vectors.PaddedDimension);

    /// <summary>The order values of <see cref="GroupSize"/> places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> OrderValuesOf(float* query, int* places) => TKernel.ComputeFour(
        query,
        vectors[places[0]],
        vectors[places[1]],
        vectors[places[2]],
        vectors[places[3]],
        vectors.PaddedDimension);

    /// <summary>Algorithm 5: the ef nearest accepted places, left in <see cref="SearchScratch.Beam"/>.</summary>
    /// <param name="visitLimit">Gives up after this many distances, if the filter is selective.</param>
    /// <returns>False: it gave up; the results are not the nearest.</returns>
    public bool Search<TFilter>(float* query, int ef, in TFilter filter, int visitLimit, SearchScratch scratch)
        where TFilter : struct, IPlaceFilter
    {
        scratch.Reset(links.Count);
        scratch.Beam.Clear(ef);
        var (place, level) = EntryPoint;
        if (level < 0) return true;
        var order = OrderValueOf(query, place);
        for (; level > 0; level--) (place, order) = Descend(query, place, order, level);
        if (TFilter.IsSelective) return SearchFiltered(query, place, order, ef, filter, visitLimit, scratch);
        SearchLayer(query, place, order, level: 0, ef, filter, scratch);
        return true;
    }

    /// <summary>The greedy walk through one upper level: to the nearest neighbour until none is nearer.</summary>
    public (int Place, float OrderValue) Descend(float* query, int place, float order, int level)
    {
        while (true)
        {
            var start = place;
            var neighbours = links.Neighbours(place, level);
            foreach (var neighbour in neighbours) vectors.PrefetchIntoL1(neighbour);
            foreach (var neighbour in neighbours)
            {
                var neighbourOrder = OrderValueOf(query, neighbour);
                if (neighbourOrder >= order) continue;
                (place, order) = (neighbour, neighbourOrder);
            }

            if (place == start) return (place, order);
        }
    }
}
