using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Hnsw;

/// <content>Searching one layer without a selective filter: what nearly all the time of searching and building goes
/// into.</content>
/// <remarks>
/// A search waits for memory, not for arithmetic. So it keeps as many loads under way as it can: it expands two places
/// in a step, asks for all vectors that it will need into the second cache as soon as it knows them, for the next few
/// into the first, and for the links of the places that will probably be next.
/// </remarks>
internal sealed unsafe partial class Graph
{
    /// <summary>Places expanded in a step. More would compute more distances than they save waiting.</summary>
    private const int ExpandedAtOnce = 2;

    /// <summary>Algorithm 2: the ef nearest places that the filter accepts; every place is a stepping stone.</summary>
    public void SearchLayer<TScorer, TFilter>(
        in TScorer scorer, int start, float startOrder, int level, int ef, in TFilter filter, SearchScratch scratch)
        where TScorer : struct, IPlaceScorer
        where TFilter : struct, IPlaceFilter
    {
        var beam = scratch.Beam;
        beam.Clear(ef);
        scratch.EnsureUnvisited((ExpandedAtOnce * links.MaxLevel0Links) + GroupSize);
        scratch.Visit(start);
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

            if (taken == 0) return;
            scratch.VisitedCount += count;
            OfferUnvisited(scorer, level, count, filter, scratch);
        }
    }

    /// <summary>Marks the neighbours not visited before, appends them to those collected, and has their vectors brought
    /// into the second cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int CollectUnvisited<TScorer>(
        in TScorer scorer, int place, int level, int count, SearchScratch scratch)
        where TScorer : struct, IPlaceScorer
    {
        var unvisited = scratch.Unvisited;
        var first = count;
        foreach (var neighbour in links.Neighbours(place, level))
        {
            unvisited[count] = neighbour;
            count += scratch.VisitAsNumber(neighbour);
        }

        for (var i = first; i < count; i++) scorer.PrefetchIntoL2(unvisited[i]);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void OfferUnvisited<TScorer, TFilter>(
        in TScorer scorer, int level, int count, in TFilter filter, SearchScratch scratch)
        where TScorer : struct, IPlaceScorer
        where TFilter : struct, IPlaceFilter
    {
        if (count == 0) return;
        var beam = scratch.Beam;
        var unvisited = scratch.Unvisited;
        for (var i = count; i % GroupSize != 0; i++) unvisited[i] = unvisited[count - 1];
        PrefetchGroup(scorer, unvisited);
        for (var skipped = 0; skipped < ExpandedAtOnce; skipped++)
        {
            var upcoming = beam.Upcoming(skipped);
            if (upcoming >= 0) links.Prefetch(upcoming, level);
        }

        var worst = beam.Worst;
        for (var i = 0; i < count; i += GroupSize)
        {
            if (i + GroupSize < count) PrefetchGroup(scorer, unvisited + i + GroupSize);
            var orders = scorer.OrdersOf(unvisited + i);
            var nearer = Vector128.LessThan(orders, Vector128.Create(worst)).ExtractMostSignificantBits();
            if (i + GroupSize > count) nearer &= (1u << (count - i)) - 1;
            for (; nearer != 0; nearer &= nearer - 1)
            {
                var at = System.Numerics.BitOperations.TrailingZeroCount(nearer);
                var order = orders[at];
                if (order >= worst) continue;
                var place = unvisited[i + at];
                var ahead = beam.Insert(order, place, filter.Accepts(place));
                if (ahead < ExpandedAtOnce) links.Prefetch(place, level);
                worst = beam.Worst;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchGroup<TScorer>(in TScorer scorer, int* places)
        where TScorer : struct, IPlaceScorer
    {
        for (var i = 0; i < GroupSize; i++) scorer.PrefetchIntoL1(places[i]);
    }
}
