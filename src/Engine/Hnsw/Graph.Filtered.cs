using System.Runtime.CompilerServices;

namespace VectorCluster.Engine.Hnsw;

/// <content>Searching with a filter that may refuse most places: the places to be expanded grow far beyond the
/// results, so both have a heap of their own.</content>
internal sealed unsafe partial class Graph
{
    /// <summary>Algorithm 2 on level 0. Every place is a stepping stone; only accepted ones are results, so ef counts
    /// those alone.</summary>
    /// <returns>False: it gave up for the limit.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool SearchFiltered<TScorer, TFilter>(
        in TScorer scorer,
        int start,
        float startOrder,
        int ef,
        in TFilter filter,
        int visitLimit,
        SearchScratch scratch)
        where TScorer : struct, IPlaceScorer
        where TFilter : struct, IPlaceFilter
    {
        var (candidates, results) = (scratch.Candidates, scratch.Beam);
        candidates.Clear();
        scratch.EnsureUnvisited(links.MaxLevel0Links + GroupSize);
        scratch.Visited.Visit(start);
        candidates.Push(startOrder, start);
        if (filter.Accepts(start)) results.Insert(startOrder, start, isAccepted: true);
        while (candidates.Count > 0)
        {
            var candidate = candidates.Pop();
            if (candidate.Key > results.Worst) break;
            if (candidates.Count > 0) links.Prefetch(candidates.Top.Place, level: 0);
            var unvisited = scratch.Unvisited;
            var count = CollectUnvisited(scorer, candidate.Place, level: 0, 0, scratch);
            scratch.VisitedCount += count;
            if (!MayGoOn(scratch, ef, visitLimit)) return false;
            for (var i = 0; i < count; i++)
            {
                var order = scorer.OrderOf(scratch.Records[i]);
                if (order >= results.Worst) continue;
                candidates.Push(order, unvisited[i]);
                var isAccepted = filter.Accepts(unvisited[i]);
                if (isAccepted) results.Insert(order, unvisited[i], isAccepted: true);
                results.NoteSeen(1, isAccepted ? 1 : 0);
            }
        }

        return true;
    }
}
