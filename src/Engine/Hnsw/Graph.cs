using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Vectors;

namespace VectorCluster.Engine.Hnsw;

/// <summary>Which places may be results of a search. A type, so that the JIT makes the test part of the search
/// loop.</summary>
internal interface IPlaceFilter
{
    bool Accepts(int place);
}

/// <summary>A hierarchical navigable small world graph over one named vector (Malkov and Yashunin,
/// arXiv:1603.09320).</summary>
/// <remarks>
/// Names are the paper's: M, M0, efConstruction, efSearch, level, entry point, neighbours, candidates. Searches run
/// beside insertions without locks. Deleted places stay as stepping stones; the filter keeps them out of results.
/// </remarks>
internal sealed unsafe class Graph<TKernel>(VectorStore vectors, LinkStore links)
    where TKernel : struct, IKernel
{
    private const long NoEntryPoint = -1;
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

    /// <summary>Algorithm 5: the ef nearest accepted places, left in <see cref="SearchScratch.Results"/>.</summary>
    /// <param name="visitLimit">Gives up after this many distances.</param>
    /// <returns>False: it gave up; the results are not the nearest.</returns>
    public bool Search<TFilter>(float* query, int ef, in TFilter filter, int visitLimit, SearchScratch scratch)
        where TFilter : struct, IPlaceFilter
    {
        scratch.Reset(links.Count);
        var (place, level) = EntryPoint;
        if (level < 0) return true;
        var order = OrderValueOf(query, place);
        for (; level > 0; level--) (place, order) = Descend(query, place, order, level);
        return SearchLayer(query, place, order, level: 0, ef, filter, visitLimit, scratch);
    }

    /// <summary>The greedy walk through one upper level: to the nearest neighbour until none is nearer.</summary>
    public (int Place, float OrderValue) Descend(float* query, int place, float order, int level)
    {
        while (true)
        {
            var start = place;
            foreach (var neighbour in links.Neighbours(place, level))
            {
                var neighbourOrder = OrderValueOf(query, neighbour);
                if (neighbourOrder >= order) continue;
                (place, order) = (neighbour, neighbourOrder);
            }

            if (place == start) return (place, order);
        }
    }

    /// <summary>Algorithm 2. Every place is a stepping stone; only accepted ones are results, so ef counts those
    /// alone.</summary>
    public bool SearchLayer<TFilter>(
        float* query,
        int start,
        float startOrder,
        int level,
        int ef,
        in TFilter filter,
        int visitLimit,
        SearchScratch scratch)
        where TFilter : struct, IPlaceFilter
    {
        var (candidates, results) = (scratch.Candidates, scratch.Results);
        scratch.EnsureUnvisited(links.MaxLevel0Links);
        scratch.Visit(start);
        candidates.Push(startOrder, start);
        if (filter.Accepts(start)) results.Push(-startOrder, start);
        var worst = results.Count < ef ? float.PositiveInfinity : -results.Top.Key;
        while (candidates.Count > 0)
        {
            var candidate = candidates.Pop();
            if (candidate.Key > worst) break;
            var unvisited = CollectUnvisited(candidate.Place, level, scratch);
            scratch.VisitedCount += unvisited.Length;
            if (scratch.VisitedCount > visitLimit) return false;
            foreach (var place in unvisited)
            {
                var order = OrderValueOf(query, place);
                if (order >= worst) continue;
                candidates.Push(order, place);
                if (!filter.Accepts(place)) continue;
                if (results.Count < ef) results.Push(-order, place);
                else results.ReplaceTop(-order, place);
                if (results.Count == ef) worst = -results.Top.Key;
            }
        }

        return true;
    }

    /// <summary>Marks and returns the neighbours not visited before, their vectors on the way into the cache.</summary>
    private ReadOnlySpan<int> CollectUnvisited(int place, int level, SearchScratch scratch)
    {
        var unvisited = scratch.Unvisited;
        var count = 0;
        foreach (var neighbour in links.Neighbours(place, level))
        {
            if (!scratch.Visit(neighbour)) continue;
            unvisited[count++] = neighbour;
            if (!Sse.IsSupported) continue;
            var vector = (byte*)vectors[neighbour];
            var bytes = Math.Min(vectors.PaddedDimension * sizeof(float), PrefetchedBytes);
            for (var line = 0; line < bytes; line += CacheLineBytes) Sse.Prefetch1(vector + line);
        }

        return unvisited.AsSpan(0, count);
    }

    private const int CacheLineBytes = 64;

    /// <summary>Of each vector, as much as is fetched ahead; the processor's own prefetcher follows from
    /// there.</summary>
    private const int PrefetchedBytes = 512;
}
