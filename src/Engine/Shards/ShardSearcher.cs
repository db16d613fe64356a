using System.Runtime.CompilerServices;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Filters;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Points;

namespace VectorCluster.Engine.Shards;

/// <summary>Searches a shard as of one LSN: chooses between graph and scan by cost, and never comes back
/// short.</summary>
/// <remarks>
/// A traversal that keeps only what passes a filter has to expand about efSearch / s places to find efSearch matches, s
/// being the filter's selectivity; scanning costs the matches themselves where payload indexes name them, else a look
/// at every payload. The cheaper one is taken. Where a fifth or more of the places pass, the traversal is the one
/// without filter, with refused places among its candidates. A traversal that costs more than foreseen, or ends with
/// fewer hits than wanted, is followed by a scan.
/// </remarks>
internal sealed unsafe class ShardSearcher(ShardState state)
{
    /// <summary>Places looked at to estimate a filter's selectivity.</summary>
    private const int SampleSize = 256;

    /// <summary>Reading a payload costs about as much as so many distances.</summary>
    private const int PayloadCost = 8;

    /// <summary>New neighbours that the expansion of a place brings, about.</summary>
    private const int NeighboursPerExpansion = 16;

    /// <summary>From this selectivity on a traversal keeps refused places among its candidates: they are few
    /// enough.</summary>
    private const double WeakSelectivity = 0.2;

    /// <summary>Such a traversal gives up after so many times what it should take: near the query fewer pass then than
    /// everywhere, and its candidates would become too many to be kept in order.</summary>
    private const int WeakVisitFactor = 2;

    /// <summary>Places asked for ahead while named ones are scanned.</summary>
    private const int ScannedAhead = 8;

    /// <summary>What a short search scans and keeps at most: some hundred microseconds each.</summary>
    private const int ShortScan = 4_000;

    private const int ShortEfSearch = 1_000;

    /// <summary>Places scanned between two looks at the cancellation token.</summary>
    private const int CancellationInterval = 4096;

    private readonly PointTable _points = state.Points;

    public ShardHits Search(ShardSearch search, SearchScratch scratch, CancellationToken cancellationToken)
    {
        var index = state.VectorNamed(search.VectorName);
        var indexedUpTo = index.IndexedUpTo; // before the LSN: what the graph left out is deleted for that LSN too
        var asOf = state.AppliedLsn; // before the filter, whose indexes may know more, never less
        var filter = search.Filter is { IsEmpty: false } given
            ? new FilterCompiler(_points, state.PayloadIndexes, asOf).Compile(given)
            : null;
        var best = new TopK(search.Count, _points);
        var run = new Run(search, index, filter, indexedUpTo, asOf, scratch, best, cancellationToken)
        {
            Query = scratch.LoadQuery(search.Query.Span, index.Settings.Metric),
        };
        var plan = Choose(run);
        var visited = plan switch
        {
            SearchPlan.Graph => SearchGraph(run, default(NoFilter), int.MaxValue),
            SearchPlan.FilteredGraph => SearchFilteredGraph(run, filter!),
            SearchPlan.IndexedScan => ScanNamed(run),
            _ => 0,
        };
        if (visited < 0) plan = SearchPlan.Scan; // the traversal gave up or came back short
        if (plan == SearchPlan.Scan) visited = ScanAll(run, 0);
        return ToHits(run, plan, visited);
    }

    /// <summary>Whether a search is sure to take no more than about a millisecond.</summary>
    public bool IsShort(ShardSearch search)
    {
        if (search.Exact || search.Filter is { IsEmpty: false }) return false;
        var index = state.VectorNamed(search.VectorName);
        var oversampling = search.Quantization?.Oversampling ?? index.Settings.Oversampling ?? 1;
        var kept = Math.Max(search.EfSearch ?? index.Settings.Hnsw.EfSearch, search.Count * oversampling);
        return kept <= ShortEfSearch && _points.Count - index.IndexedUpTo <= ShortScan;
    }

    private SearchPlan Choose(Run run)
    {
        if (run.Search.Exact || run.IndexedUpTo == 0) return ScanOf(run.Filter);
        if (run.Filter is null) return SearchPlan.Graph;
        var bound = run.Filter.Bound;
        var count = Math.Max(1, _points.LiveCount);
        if (bound <= TraversalCost(run, (double)bound / count)) return SearchPlan.IndexedScan;
        var selectivity = run.Selectivity = Sample(run);
        var scanCost = bound == PlacePredicate.Unbounded ? (double)count * PayloadCost : Math.Min(bound, _points.Count);
        return scanCost <= TraversalCost(run, selectivity) ? ScanOf(run.Filter) : SearchPlan.FilteredGraph;
    }

    private static SearchPlan ScanOf(PlacePredicate? filter) =>
        filter is null || filter.Bound == PlacePredicate.Unbounded ? SearchPlan.Scan : SearchPlan.IndexedScan;

    private double TraversalCost(Run run, double selectivity) =>
        Math.Min(_points.Count, (double)run.EfSearch * NeighboursPerExpansion / Math.Max(selectivity, 1e-9));

    /// <returns>As <see cref="SearchGraph"/>.</returns>
    private int SearchFilteredGraph(Run run, PlacePredicate filter)
    {
        if (run.Selectivity >= WeakSelectivity)
        {
            var limit = WeakVisitFactor * TraversalCost(run, run.Selectivity);
            var visited = SearchGraph(run, new WeakPredicateFilter(filter), (int)Math.Min(limit, int.MaxValue));
            if (visited >= 0) return visited;
        }

        return SearchGraph(run, new PredicateFilter(filter), VisitLimit());
    }

    /// <summary>Twice what the costliest foreseen traversal takes: then the filter is not independent of the
    /// query.</summary>
    private int VisitLimit() => Math.Max(20_000, _points.Count / 2);

    /// <summary>The share of visible places that pass, from places spread evenly; 0: none of them did.</summary>
    private double Sample(Run run)
    {
        var (seen, passed) = (0, 0);
        var stride = Math.Max(1, _points.Count / SampleSize);
        for (var place = 0; place < _points.Count; place += stride)
        {
            if (!_points.IsVisible(place, run.AsOf)) continue;
            seen++;
            if (run.Filter!.Matches(place)) passed++;
        }

        return seen == 0 ? 0 : (double)passed / seen;
    }

    /// <returns>Distances computed; −1: the result may lack places, so a scan must follow.</returns>
    private int SearchGraph<TFilter>(Run run, TFilter inner, int visitLimit)
        where TFilter : struct, IPlaceFilter
    {
        var filter = new VisibleFilter<TFilter>(_points, run.AsOf, run.IndexedUpTo, inner);
        var isComplete = run.Index.SearchGraph(
            run.Query,
            run.Search.Count,
            run.EfSearch,
            run.Search.Quantization,
            filter,
            visitLimit,
            run.Scratch);
        if (!isComplete) return -1;
        var beam = run.Scratch.Beam;
        for (var i = 0; i < beam.Count && beam.OrderAt(i) <= run.Best.Worst; i++)
            if (beam.IsAccepted(i)) run.Best.Offer(beam.OrderAt(i), beam.PlaceAt(i));
        var visited = run.Scratch.VisitedCount + ScanAll(run, run.IndexedUpTo);
        var mayBeShort = run.Best.Count < run.Search.Count && run.Best.Count < _points.LiveCount;
        if (!mayBeShort) return visited;
        run.Best = new(run.Search.Count, _points);
        return -1;
    }

    /// <summary>Looks at every place from <paramref name="start"/> on.</summary>
    private int ScanAll(Run run, int start)
    {
        var computed = 0;
        var end = _points.Count;
        for (var place = start; place < end; place++)
        {
            if (place % CancellationInterval == 0) run.CancellationToken.ThrowIfCancellationRequested();
            if (ScanPlace(run, place)) computed++;
        }

        return computed;
    }

    /// <summary>Looks at the places that payload indexes name.</summary>
    private int ScanNamed(Run run)
    {
        var places = new List<int>();
        run.Filter!.Collect(places);
        run.Scratch.Reset(_points.Count);
        var computed = 0;
        for (var i = 0; i < places.Count; i++)
        {
            if (i % CancellationInterval == 0) run.CancellationToken.ThrowIfCancellationRequested();
            if (i + ScannedAhead < places.Count)
            {
                _points.Prefetch(places[i + ScannedAhead]);
                run.Index.Prefetch(places[i + ScannedAhead]);
            }

            if (run.Scratch.Visit(places[i]) && ScanPlace(run, places[i])) computed++;
        }

        return computed;
    }

    private bool ScanPlace(Run run, int place)
    {
        if (!HasVector(run.Index, place) || !_points.IsVisible(place, run.AsOf)) return false;
        if (run.Filter is { } filter && !filter.Matches(place)) return false;
        var order = run.Index.OrderValueOf(run.Query, place);
        if (order <= run.Best.Worst) run.Best.Offer(order, place);
        return true;
    }

    private bool HasVector(VectorIndex index, int place) => (_points[place].VectorMask & (1u << index.MaskBit)) != 0;

    private ShardHits ToHits(Run run, SearchPlan plan, int visited)
    {
        var hits = new List<ShardHit>(run.Best.Count);
        var reader = new PointReader(state);
        var search = run.Search;
        var wantsPoint = search.WithPayload.Selection != PayloadSelection.None || !search.WithVectors.IsNone;
        foreach (var (order, place) in run.Best.ToSorted())
        {
            var distance = OrderValue.ToDistance(run.Index.Settings.Metric, order);
            if (distance > search.MaxDistance) break;
            var point = wantsPoint ? reader.Read(place, search.WithPayload, search.WithVectors) : null;
            hits.Add(new(_points.IdOf(place), distance, new(_points[place].Version), place, point));
        }

        return new(hits, plan, visited);
    }

    /// <summary>What one search carries along.</summary>
    private sealed class Run(
        ShardSearch search,
        VectorIndex index,
        PlacePredicate? filter,
        int indexedUpTo,
        long asOf,
        SearchScratch scratch,
        TopK best,
        CancellationToken cancellationToken)
    {
        public float* Query;

        public ShardSearch Search => search;

        public VectorIndex Index => index;

        public PlacePredicate? Filter => filter;

        public int IndexedUpTo => indexedUpTo;

        public long AsOf => asOf;

        public SearchScratch Scratch => scratch;

        public TopK Best { get; set; } = best;

        /// <summary>The share of places that pass the filter, as far as it was looked for.</summary>
        public double Selectivity { get; set; }

        public CancellationToken CancellationToken => cancellationToken;

        public int EfSearch => Math.Max(search.EfSearch ?? index.Settings.Hnsw.EfSearch, search.Count);
    }

    private readonly struct NoFilter : IPlaceFilter
    {
        public static bool IsSelective => false;

        public bool Accepts(int place) => true;
    }

    private readonly struct PredicateFilter(PlacePredicate predicate) : IPlaceFilter
    {
        public static bool IsSelective => true;

        public bool Accepts(int place) => predicate.Matches(place);
    }

    /// <summary>Of a filter that passes so much that refused places need no heap of their own.</summary>
    private readonly struct WeakPredicateFilter(PlacePredicate predicate) : IPlaceFilter
    {
        public static bool IsSelective => false;

        public bool Accepts(int place) => predicate.Matches(place);
    }

    /// <summary>Results are places of the searched part of the graph that the search's LSN sees.</summary>
    private readonly struct VisibleFilter<TFilter>(
        PointTable points, long asOf, int indexedUpTo, TFilter inner) : IPlaceFilter
        where TFilter : struct, IPlaceFilter
    {
        public static bool IsSelective => TFilter.IsSelective;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Accepts(int place) =>
            place < indexedUpTo && points.IsAppliedVisible(place, asOf) && inner.Accepts(place);
    }
}
