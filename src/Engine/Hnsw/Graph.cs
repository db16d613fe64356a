using System.Runtime.CompilerServices;
using VectorCluster.Engine.Memory;

namespace VectorCluster.Engine.Hnsw;

/// <summary>A hierarchical navigable small world graph over the places of one named vector (Malkov and Yashunin,
/// arXiv:1603.09320).</summary>
/// <remarks>
/// Names are the paper's: M, M0, efConstruction, efSearch, level, entry point, neighbours, candidates. Searches run
/// beside insertions without locks. Deleted places stay as stepping stones; the filter keeps them out of results.
/// </remarks>
internal sealed unsafe partial class Graph(LinkStore links)
{
    private const long NoEntryPoint = -1;

    /// <summary>Distances computed at a time.</summary>
    private const int GroupSize = 4;

    /// <summary>Distances after which a search with a limit is watched.</summary>
    private const int WatchedFrom = 256;

    /// <summary>Distances that a search computes for each candidate it keeps, refused ones included; at the least,
    /// as it is judged by the first few.</summary>
    private const int LeastDistancesPerCandidate = 8;

    private long _entryPoint = NoEntryPoint; // level in the high half, place in the low half: one store

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

    /// <summary>Algorithm 5: the ef nearest accepted places, left in <see cref="SearchScratch.Beam"/>.</summary>
    /// <param name="visitLimit">Gives up after this many distances, or when it sees that it will need more.</param>
    /// <returns>False: it gave up; the results are not the nearest.</returns>
    public bool Search<TScorer, TFilter>(
        in TScorer scorer, int ef, in TFilter filter, int visitLimit, SearchScratch scratch)
        where TScorer : struct, IPlaceScorer
        where TFilter : struct, IPlaceFilter
    {
        scratch.Reset(links.Count);
        scratch.Beam.Clear(ef);
        var (place, level) = EntryPoint;
        if (level < 0) return true;
        var order = scorer.OrderOf(scorer.RecordOf(place));
        for (; level > 0; level--) (place, order) = Descend(scorer, place, order, level);
        if (TFilter.IsSelective) return SearchFiltered(scorer, place, order, ef, filter, visitLimit, scratch);
        return SearchLayer(scorer, place, order, level: 0, ef, filter, scratch, visitLimit);
    }

    /// <summary>The greedy walk through one upper level: to the nearest neighbour until none is nearer.</summary>
    public (int Place, float OrderValue) Descend<TScorer>(in TScorer scorer, int place, float order, int level)
        where TScorer : struct, IPlaceScorer
    {
        while (true)
        {
            var start = place;
            var neighbours = links.Neighbours(place, level);
            foreach (var neighbour in neighbours)
                CacheLines.PrefetchIntoL1(scorer.RecordOf(neighbour), scorer.PrefetchedBytes);
            foreach (var neighbour in neighbours)
            {
                var neighbourOrder = scorer.OrderOf(scorer.RecordOf(neighbour));
                if (neighbourOrder >= order) continue;
                (place, order) = (neighbour, neighbourOrder);
            }

            if (place == start) return (place, order);
        }
    }

    /// <summary>Whether a search may go on: it is within its limit, and near the query enough places are accepted for
    /// it to end there. Where few are it is stopped early that way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool MayGoOn(SearchScratch scratch, int ef, int visitLimit)
    {
        if (visitLimit == int.MaxValue || scratch.VisitedCount <= WatchedFrom) return true;
        var beam = scratch.Beam;
        return scratch.VisitedCount <= visitLimit
            && (long)beam.SeenAccepted * visitLimit >= (long)beam.Seen * ef * LeastDistancesPerCandidate;
    }
}
