using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using VectorCluster.Engine.Memory;

namespace VectorCluster.Engine.Hnsw;

/// <summary>Inserts places into a graph: algorithms 1 and 4 of arXiv:1603.09320, with kept pruned
/// connections.</summary>
/// <remarks>
/// Several threads may insert different places at the same time, once the links have room for all of them
/// (<see cref="Reserve"/>). A thread changes one record at a time, under that record's stripe. A place is linked from
/// level 0 upwards: whoever reaches it on some level finds its links on all levels below.
/// </remarks>
internal sealed unsafe partial class GraphBuilder<TScorer, TScorers>(
    Graph graph, TScorers scorers, HnswOptions options)
    : IGraphBuilder
    where TScorer : struct, IPlaceScorer
    where TScorers : struct, IPlaceScorers<TScorer>
{
    /// <summary>Highest level: at M = 2 one of 2⁶⁴ points would reach it.</summary>
    private const int MaxLevel = 63;

    /// <summary>Seed of the levels: a place always gets the same level, whoever builds.</summary>
    private const ulong LevelSeed = 0x5EED;

    private static readonly Lock[] Stripes = [.. Enumerable.Range(0, 1024).Select(_ => new Lock())];
    private readonly Lock _entryPointLock = new();
    private readonly double _levelFactor = 1 / Math.Log(options.M);

    public Func<ulong[]> Ended { get; set; } = static () => [];

    /// <summary>The level of a place: −ln(u)·mL for a u in (0, 1] that depends on the place alone.</summary>
    public int LevelOf(int place)
    {
        var u = ((Mix((ulong)place + LevelSeed) >> 11) + 1) * (1.0 / (1UL << 53));
        return Math.Min((int)(-Math.Log(u) * _levelFactor), MaxLevel);
    }

    public void Reserve(ReadOnlySpan<int> places, int placeCount)
    {
        var links = graph.Links;
        var upper = links.UpperCount;
        var wanted = upper;
        foreach (var place in places) wanted += LevelOf(place);
        links.Grow(placeCount, wanted);
        foreach (var place in places)
        {
            var level = LevelOf(place);
            links.Initialize(place, level, upper);
            upper += level;
        }
    }

    public void Insert(int place, SearchScratch scratch)
    {
        var level = LevelOf(place);
        if (TryBecomeFirst(place, level)) return;
        var scorer = scorers.OfInserted(place, scratch.CodeQuery);
        var (current, top) = graph.EntryPoint;
        var order = scorer.OrderOf(scorer.RecordOf(current));
        for (var above = top; above > level; above--) (current, order) = graph.Descend(scorer, current, order, above);
        var linked = Math.Min(level, top);
        scratch.Selection.ForgetLevels();
        for (var at = linked; at >= 0; at--)
        {
            FindNeighbours(scorer, place, current, order, at, scratch);
            (current, order) = (scratch.Beam.PlaceAt(0), scratch.Beam.OrderAt(0));
        }

        for (var at = 0; at <= linked; at++) Link(place, at, scratch.Selection);
        RaiseEntryPoint(place, level);
    }

    private static ulong Mix(ulong bits)
    {
        bits += 0x9E3779B97F4A7C15;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    private static Lock StripeOf(int place) => Stripes[place & (Stripes.Length - 1)];

    /// <summary>Leaves the nearest in the beam, and keeps the selected ones as the level's.</summary>
    private void FindNeighbours(
        in TScorer scorer, int place, int start, float startOrder, int level, SearchScratch scratch)
    {
        scratch.Reset(graph.Links.Count);
        scratch.Visited.Visit(place);
        var ef = options.EfConstruction;
        graph.SearchLayer(scorer, start, startOrder, level, ef, new NotEnded(Ended()), scratch);
        SelectNeighbours(scratch.Beam, options.M, scratch.Selection);
        scratch.Selection.KeepLevel();
    }

    private bool TryBecomeFirst(int place, int level)
    {
        if (graph.EntryPoint.Level >= 0) return false;
        lock (_entryPointLock)
        {
            if (graph.EntryPoint.Level >= 0) return false;
            graph.EntryPoint = (place, level);
            return true;
        }
    }

    private void RaiseEntryPoint(int place, int level)
    {
        if (level <= graph.EntryPoint.Level) return;
        lock (_entryPointLock)
        {
            if (level > graph.EntryPoint.Level) graph.EntryPoint = (place, level);
        }
    }

    /// <summary>Links the place to its neighbours, and each of them back.</summary>
    private void Link(int place, int level, NeighbourSelection selection)
    {
        var links = graph.Links;
        var neighbours = selection.OfLevel(level);
        lock (StripeOf(place))
        {
            // Another thread may have linked to this place already; its links stay.
            foreach (var (neighbour, _) in neighbours)
            {
                var present = links.Neighbours(place, level);
                if (present.Length < links.Capacity(level) && !present.Contains(neighbour))
                    links.AddNeedsLock(place, level, neighbour);
            }
        }

        foreach (var (neighbour, order) in neighbours) LinkBack(neighbour, order, place, level, selection);
    }

    private void LinkBack(int neighbour, float order, int place, int level, NeighbourSelection selection)
    {
        var links = graph.Links;
        lock (StripeOf(neighbour))
        {
            var present = links.Neighbours(neighbour, level);
            if (present.Contains(place)) return;
            if (present.Length < links.Capacity(level))
            {
                links.AddNeedsLock(neighbour, level, place);
                return;
            }

            var candidates = selection.Candidates;
            candidates.Clear(present.Length + 1);
            candidates.Insert(order, place, isAccepted: true);
            OfferPresent(scorers.OfStored(neighbour, selection.CodeQuery), present, candidates);
            SelectNeighbours(candidates, links.Capacity(level), selection);
            links.SetNeedsLock(neighbour, level, selection.Span);
        }
    }

    private static void OfferPresent(in TScorer scorer, ReadOnlySpan<int> present, Beam candidates)
    {
        foreach (var other in present)
            CacheLines.PrefetchIntoL2(scorer.RecordOf(other), scorer.PrefetchedBytes);
        fixed (int* places = present)
        {
            var at = 0;
            for (; at + 4 <= present.Length; at += 4)
            {
                var orders = OrdersOf(scorer, places + at);
                for (var i = 0; i < 4; i++) InsertNearer(orders[i], places[at + i]);
            }

            for (; at < present.Length; at++) InsertNearer(scorer.OrderOf(scorer.RecordOf(places[at])), places[at]);
        }

        void InsertNearer(float order, int place)
        {
            if (order < candidates.Worst) candidates.Insert(order, place, isAccepted: true);
        }
    }

    /// <summary>
    /// Algorithm 4: of the candidates, nearest first, those that are nearer to the point than to any neighbour selected
    /// before.
    /// </summary>
    private void SelectNeighbours(Beam candidates, int wanted, NeighbourSelection selected)
    {
        selected.Clear(wanted);
        for (var i = 0; i < candidates.Count && selected.Count < wanted; i++)
        {
            if (!candidates.IsAccepted(i)) continue;
            var (place, order) = (candidates.PlaceAt(i), candidates.OrderAt(i));
            var scorer = scorers.OfStored(place, selected.CodeQuery);
            if (IsNearestToThePoint(scorer, order, selected)) selected.Add(place, order);
        }
    }

    private static bool IsNearestToThePoint(in TScorer scorer, float order, NeighbourSelection selected)
    {
        for (var i = 0; i < selected.Count; i += 4)
        {
            var orders = OrdersOf(scorer, selected.Places + i);
            if (Vector128.LessThanOrEqualAny(orders, Vector128.Create(order))) return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> OrdersOf(in TScorer scorer, int* places) => scorer.OrdersOf(
        scorer.RecordOf(places[0]),
        scorer.RecordOf(places[1]),
        scorer.RecordOf(places[2]),
        scorer.RecordOf(places[3]));

    /// <summary>Who links to a place that ended would lose the link with the next repair.</summary>
    private readonly struct NotEnded(ulong[] ended) : IPlaceFilter
    {
        public static bool IsSelective => false;

        public bool Accepts(int place)
        {
            var word = place >> 6;
            return word >= ended.Length || (ended[word] & (1UL << place)) == 0;
        }
    }
}
