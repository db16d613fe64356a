using VectorCluster.Engine.Distance;

namespace VectorCluster.Engine.Hnsw;

/// <content>Linking places again whose neighbours are gone.</content>
internal sealed unsafe partial class GraphBuilder<TKernel>
    where TKernel : struct, IKernel
{
    /// <summary>Sets a place's list: what algorithm 4 chooses of the neighbours that it keeps and of others that come
    /// in question, and then, while there is room, the nearest of those that it keeps.</summary>
    /// <param name="candidates">None of them twice, none of those kept, not the place itself. None: the list is what is
    /// kept.</param>
    /// <param name="wanted">Neighbours in the end, at most.</param>
    /// <remarks>Algorithm 4 alone would leave fewer than a place gathers while a graph grows, and every repair would
    /// thin the graph.</remarks>
    public void Complete(
        int place,
        int level,
        ReadOnlySpan<int> kept,
        ReadOnlySpan<int> candidates,
        int wanted,
        SearchScratch scratch)
    {
        var selection = scratch.Selection;
        if (candidates.Length > 0)
        {
            var offered = selection.Candidates;
            offered.Clear(kept.Length + candidates.Length);
            OfferPresent(place, kept, offered);
            OfferPresent(place, candidates, offered);
            SelectNeighbours(offered, wanted, selection);
            for (var i = 0; i < offered.Count && selection.Count < wanted; i++)
            {
                var (neighbour, order) = (offered.PlaceAt(i), offered.OrderAt(i));
                if (kept.Contains(neighbour) && !selection.Span.Contains(neighbour)) selection.Add(neighbour, order);
            }
        }
        else
        {
            selection.Clear(kept.Length);
            foreach (var neighbour in kept) selection.Add(neighbour, order: 0);
        }

        lock (StripeOf(place)) graph.Links.SetNeedsLock(place, level, selection.Span);
    }

    /// <summary>Links a neighbour back to a place, as if the place had just been inserted.</summary>
    public void LinkBack(int place, int neighbour, int level, SearchScratch scratch)
    {
        var scorer = ScorerOf(place);
        LinkBack(neighbour, scorer.OrderOf(scorer.RecordOf(neighbour)), place, level, scratch.Selection);
    }

    /// <summary>Links a place that no walk on level 0 comes to with places that one does: with the nearest that a
    /// search from the entry point finds, both ways, the first of them for certain.</summary>
    /// <param name="reached">The places that a walk comes to.</param>
    public void Adopt(int place, PlaceSet reached, SearchScratch scratch)
    {
        var scorer = ScorerOf(place);
        var start = graph.EntryPoint.Place;
        scratch.Selection.ForgetLevels();
        FindNeighbours(place, start, scorer.OrderOf(scorer.RecordOf(start)), level: 0, scratch);
        Link(place, level: 0, scratch.Selection);
        var links = graph.Links;
        var nearest = -1;
        foreach (var (neighbour, _) in scratch.Selection.OfLevel(0))
        {
            if (!reached.Contains(neighbour)) continue;
            if (links.Neighbours(neighbour, level: 0).Contains(place)) return;
            if (nearest < 0) nearest = neighbour;
        }

        if (nearest >= 0) LinkInstead(nearest, place);
    }

    /// <summary>Makes a place whose list is full link to another one in place of the farthest neighbour.</summary>
    private void LinkInstead(int place, int target)
    {
        var links = graph.Links;
        var present = links.Neighbours(place, level: 0);
        var scorer = ScorerOf(place);
        var (farthest, distance) = (0, float.NegativeInfinity);
        for (var i = 0; i < present.Length; i++)
        {
            var order = scorer.OrderOf(scorer.RecordOf(present[i]));
            if (order > distance) (farthest, distance) = (i, order);
        }

        Span<int> changed = stackalloc int[present.Length];
        present.CopyTo(changed);
        changed[farthest] = target;
        lock (StripeOf(place)) links.SetNeedsLock(place, level: 0, changed);
    }
}
