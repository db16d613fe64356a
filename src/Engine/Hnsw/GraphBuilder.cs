using VectorCluster.Engine.Distance;

namespace VectorCluster.Engine.Hnsw;

/// <summary>Inserts places into a graph: algorithms 1 and 4 of arXiv:1603.09320, with kept pruned
/// connections.</summary>
/// <remarks>
/// Several threads may insert different places at the same time, once the links have room for all of them
/// (<see cref="Reserve"/>). A thread changes one record at a time, under that record's stripe. A place is linked from
/// level 0 upwards: whoever reaches it on some level finds its links on all levels below.
/// </remarks>
internal sealed unsafe class GraphBuilder<TKernel>(Graph<TKernel> graph, HnswOptions options)
    where TKernel : struct, IKernel
{
    /// <summary>Highest level: at M = 2 one of 2⁶⁴ points would reach it.</summary>
    private const int MaxLevel = 63;

    /// <summary>Seed of the levels: a place always gets the same level, whoever builds.</summary>
    private const ulong LevelSeed = 0x5EED;

    private static readonly Lock[] Stripes = [.. Enumerable.Range(0, 1024).Select(_ => new Lock())];
    private readonly Lock _entryPointLock = new();
    private readonly double _levelFactor = 1 / Math.Log(options.M);

    /// <summary>The level of a place: −ln(u)·mL for a u in (0, 1] that depends on the place alone.</summary>
    public int LevelOf(int place)
    {
        var u = ((Mix((ulong)place + LevelSeed) >> 11) + 1) * (1.0 / (1UL << 53));
        return Math.Min((int)(-Math.Log(u) * _levelFactor), MaxLevel);
    }

    /// <summary>Makes room for places and takes them in, without links. Not beside an insertion.</summary>
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

    /// <summary>Algorithm 1: links a reserved place into the graph.</summary>
    public void Insert(int place, SearchScratch scratch)
    {
        var level = LevelOf(place);
        if (TryBecomeFirst(place, level)) return;
        var query = graph.Vectors[place];
        var (current, top) = graph.EntryPoint;
        var order = graph.OrderValueOf(query, current);
        for (var above = top; above > level; above--) (current, order) = graph.Descend(query, current, order, above);
        var linked = Math.Min(level, top);
        var neighbours = new DistanceHeap.Entry[linked + 1][];
        for (var at = linked; at >= 0; at--)
        {
            neighbours[at] = FindNeighbours(place, current, order, at, scratch);
            if (neighbours[at].Length > 0) (order, current) = (scratch.Sorted[0].Key, scratch.Sorted[0].Place);
        }

        for (var at = 0; at <= linked; at++) Link(place, at, neighbours[at], scratch);
        RaiseEntryPoint(place, level);
    }

    private DistanceHeap.Entry[] FindNeighbours(
        int place, int start, float startOrder, int level, SearchScratch scratch)
    {
        scratch.Reset(graph.Links.Count);
        scratch.Visit(place);
        var every = default(EveryPlace);
        var ef = options.EfConstruction;
        graph.SearchLayer(graph.Vectors[place], start, startOrder, level, ef, every, int.MaxValue, scratch);
        SortResults(scratch);
        SelectNeighbours(scratch, options.M);
        return [.. scratch.Selected];
    }

    private static ulong Mix(ulong bits)
    {
        bits += 0x9E3779B97F4A7C15;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }

    private static void SortResults(SearchScratch scratch)
    {
        var sorted = scratch.Sorted;
        sorted.Clear();
        foreach (var entry in scratch.Results.Entries) sorted.Add(new(-entry.Key, entry.Place));
        sorted.Sort(static (a, b) => a.Key.CompareTo(b.Key));
    }

    private static Lock StripeOf(int place) => Stripes[place & (Stripes.Length - 1)];

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
    private void Link(int place, int level, DistanceHeap.Entry[] neighbours, SearchScratch scratch)
    {
        lock (StripeOf(place))
        {
            // Another thread may have linked to this place already; its links stay if there is room.
            var all = scratch.Selected;
            all.Clear();
            all.AddRange(neighbours);
            foreach (var other in graph.Links.Neighbours(place, level))
                if (all.Count < graph.Links.Capacity(level) && !all.Exists(entry => entry.Place == other))
                    all.Add(new(0, other));
            graph.Links.SetNeedsLock(place, level, all);
        }

        foreach (var neighbour in neighbours) LinkBack(neighbour, place, level, scratch);
    }

    private void LinkBack(DistanceHeap.Entry neighbour, int place, int level, SearchScratch scratch)
    {
        var links = graph.Links;
        lock (StripeOf(neighbour.Place))
        {
            var present = links.Neighbours(neighbour.Place, level);
            if (present.Contains(place)) return;
            if (present.Length < links.Capacity(level))
            {
                links.AddNeedsLock(neighbour.Place, level, place);
                return;
            }

            var sorted = scratch.Sorted;
            sorted.Clear();
            sorted.Add(new(neighbour.Key, place));
            var vector = graph.Vectors[neighbour.Place];
            foreach (var other in present) sorted.Add(new(graph.OrderValueOf(vector, other), other));
            sorted.Sort(static (a, b) => a.Key.CompareTo(b.Key));
            SelectNeighbours(scratch, links.Capacity(level));
            links.SetNeedsLock(neighbour.Place, level, scratch.Selected);
        }
    }

    /// <summary>
    /// Algorithm 4: of the candidates, nearest first, those that are nearer to the point than to any neighbour selected
    /// before; then the nearest of the others (keepPrunedConnections), so that no point is left with few links.
    /// </summary>
    private void SelectNeighbours(SearchScratch scratch, int wanted)
    {
        var (selected, pruned) = (scratch.Selected, scratch.Pruned);
        selected.Clear();
        pruned.Clear();
        foreach (var candidate in scratch.Sorted)
        {
            if (selected.Count == wanted) return;
            if (IsNearestToThePoint(candidate, selected)) selected.Add(candidate);
            else pruned.Add(candidate);
        }

        for (var i = 0; i < pruned.Count && selected.Count < wanted; i++) selected.Add(pruned[i]);
    }

    private bool IsNearestToThePoint(DistanceHeap.Entry candidate, List<DistanceHeap.Entry> selected)
    {
        var vector = graph.Vectors[candidate.Place];
        foreach (var neighbour in selected)
            if (graph.OrderValueOf(vector, neighbour.Place) <= candidate.Key) return false;
        return true;
    }

    private readonly struct EveryPlace : IPlaceFilter
    {
        public bool Accepts(int place) => true;
    }
}
