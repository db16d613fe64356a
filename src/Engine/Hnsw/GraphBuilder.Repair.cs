namespace VectorCluster.Engine.Hnsw;

/// <content>Linking places again whose neighbours are gone.</content>
internal sealed unsafe partial class GraphBuilder<TScorer, TScorers>
{
    /// <summary>Candidates that algorithm 4 looks at, the nearest: others are hardly ever chosen, and each is compared
    /// with all that are.</summary>
    private const int CandidatesLookedAt = 48;

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
            var (nearest, offered) = (scratch.Beam, selection.Candidates);
            nearest.Clear(CandidatesLookedAt);
            offered.Clear(kept.Length + CandidatesLookedAt);
            var scorer = scorers.OfStored(place, selection.CodeQuery); // choosing loads the query anew
            OfferPresent(scorer, kept, offered);
            OfferPresent(scorer, candidates, nearest);
            for (var i = 0; i < nearest.Count; i++)
                offered.Insert(nearest.OrderAt(i), nearest.PlaceAt(i), isAccepted: true);
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

    public void LinkBack(int place, int neighbour, int level, SearchScratch scratch)
    {
        var scorer = scorers.OfStored(place, scratch.Selection.CodeQuery);
        LinkBack(neighbour, scorer.OrderOf(scorer.RecordOf(neighbour)), place, level, scratch.Selection);
    }

    public void Adopt(int place, PlaceSet reached, SearchScratch scratch)
    {
        var scorer = scorers.OfInserted(place, scratch.CodeQuery);
        var start = graph.EntryPoint.Place;
        scratch.Selection.ForgetLevels();
        FindNeighbours(scorer, place, start, scorer.OrderOf(scorer.RecordOf(start)), level: 0, scratch);
        Link(place, level: 0, scratch.Selection);
        var links = graph.Links;
        var nearest = -1;
        foreach (var (neighbour, _) in scratch.Selection.OfLevel(0))
        {
            if (!reached.Contains(neighbour)) continue;
            if (links.Neighbours(neighbour, level: 0).Contains(place)) return;
            if (nearest < 0) nearest = neighbour;
        }

        if (nearest >= 0) LinkInstead(nearest, place, scratch);
    }

    /// <summary>Makes a place whose list is full link to another one in place of the farthest neighbour.</summary>
    private void LinkInstead(int place, int target, SearchScratch scratch)
    {
        var links = graph.Links;
        var present = links.Neighbours(place, level: 0);
        var scorer = scorers.OfStored(place, scratch.CodeQuery);
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
