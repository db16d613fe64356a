using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using VectorCluster.Engine.Memory;

namespace VectorCluster.Engine.Hnsw;

/// <content>Searching one layer without a selective filter: what nearly all the time of searching and building goes
/// into.</content>
/// <remarks>
/// A search waits for memory, not for arithmetic. So it keeps as many loads under way as it can: it expands two places
/// in a step, asks for all vectors that it will need into the second cache as soon as it knows them, for the next few
/// into the first, and for the links of the places that will probably be next.
/// The parts of a step are compiled each for itself: what the JIT inlines into one method is bounded, and with all of
/// a search in one, what the innermost loop calls is what is left out.
/// </remarks>
internal sealed unsafe partial class Graph
{
    /// <summary>Places expanded in a step. More would compute more distances than they save waiting.</summary>
    private const int ExpandedAtOnce = 2;

    /// <summary>All neighbours of a step fit the first cache if each takes no more.</summary>
    private const int SmallRecordBytes = 128;

    /// <summary>Algorithm 2: the ef nearest places that the filter accepts; every place is a stepping stone.</summary>
    /// <returns>False: it gave up for the limit.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool SearchLayer<TScorer, TFilter>(
        in TScorer scorer,
        int start,
        float startOrder,
        int level,
        int ef,
        in TFilter filter,
        SearchScratch scratch,
        int visitLimit = int.MaxValue)
        where TScorer : struct, IPlaceScorer
        where TFilter : struct, IPlaceFilter
    {
        var beam = scratch.Beam;
        var mostNeighbours = ExpandedAtOnce * links.MaxLevel0Links;
        beam.Clear(ef, mostNeighbours);
        scratch.EnsureUnvisited(mostNeighbours + GroupSize);
        scratch.Visited.Visit(start);
        beam.Insert(startOrder, start, filter.Accepts(start));
        while (true)
        {
            var count = 0;
            var taken = 0;
            for (; taken < ExpandedAtOnce; taken++)
            {
                var place = beam.TakeNearest();
                if (place < 0) break;
                count = CollectUnvisited(scorer, place, level, count, scratch);
            }

            if (taken == 0) return true;
            scratch.VisitedCount += count;
            if (!MayGoOn(scratch, ef, visitLimit)) return false;
            OfferUnvisited(scorer, level, count, filter, scratch);
        }
    }

    /// <summary>Marks the neighbours not visited before, appends them to those collected, and has their vectors brought
    /// into the second cache.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int CollectUnvisited<TScorer>(
        in TScorer scorer, int place, int level, int count, SearchScratch scratch)
        where TScorer : struct, IPlaceScorer
    {
        var unvisited = scratch.Unvisited;
        var visited = scratch.Visited;
        var first = count;
        foreach (var neighbour in links.Neighbours(place, level))
        {
            unvisited[count] = neighbour;
            count += visited.Mark(neighbour);
        }

        visited.List(new(unvisited + first, count - first));
        var bytes = scorer.PrefetchedBytes;
        var records = scratch.Records;
        for (var i = first; i < count; i++)
        {
            var record = records[i] = scorer.RecordOf(unvisited[i]);
            if (bytes <= SmallRecordBytes) CacheLines.PrefetchIntoL1(record, bytes);
            else CacheLines.PrefetchIntoL2(record, bytes);
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OfferUnvisited<TScorer, TFilter>(
        in TScorer scorer, int level, int count, in TFilter filter, SearchScratch scratch)
        where TScorer : struct, IPlaceScorer
        where TFilter : struct, IPlaceFilter
    {
        if (count == 0) return;
        var beam = scratch.Beam;
        var unvisited = scratch.Unvisited;
        var records = scratch.Records;
        for (var i = count; i % GroupSize != 0; i++) records[i] = records[count - 1];
        PrefetchGroup(scorer, records);
        var soon = PrefetchUpcoming(beam, level);
        var worst = beam.Worst;
        for (var i = 0; i < count; i += GroupSize)
        {
            if (i + GroupSize < count) PrefetchGroup(scorer, records + i + GroupSize);
            var orders = scorer.OrdersOf(records[i], records[i + 1], records[i + 2], records[i + 3]);
            var nearer = Vector128.LessThan(orders, Vector128.Create(worst)).ExtractMostSignificantBits();
            if (i + GroupSize > count) nearer &= (1u << (count - i)) - 1;
            for (; nearer != 0; nearer &= nearer - 1)
            {
                var at = BitOperations.TrailingZeroCount(nearer);
                var place = unvisited[i + at];
                beam.Offer(orders[at], place, filter.Accepts(place));
                if (orders[at] < soon) links.Prefetch(place, level);
            }
        }

        beam.Merge();
    }

    /// <summary>Has the links brought of the places that are next as things stand.</summary>
    /// <returns>A place nearer than this comes before the last of them.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float PrefetchUpcoming(Beam beam, int level)
    {
        var order = float.PositiveInfinity;
        for (var skipped = 0; skipped < ExpandedAtOnce; skipped++)
        {
            var upcoming = beam.Upcoming(skipped);
            if (upcoming < 0) return float.PositiveInfinity;
            links.Prefetch(beam.PlaceAt(upcoming), level);
            order = beam.OrderAt(upcoming);
        }

        return order;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchGroup<TScorer>(in TScorer scorer, byte** records)
        where TScorer : struct, IPlaceScorer
    {
        var bytes = scorer.PrefetchedBytes;
        if (bytes <= SmallRecordBytes) return; // they are on their way already
        for (var i = 0; i < GroupSize; i++) CacheLines.PrefetchIntoL1(records[i], bytes);
    }
}
