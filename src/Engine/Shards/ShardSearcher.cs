using System.Runtime.InteropServices;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Filters;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Points;

namespace VectorCluster.Engine.Shards;

/// <summary>Searches a shard as of one LSN, as <see cref="SearchPlanner"/> finds cheapest, and never comes back
/// short.</summary>
/// <remarks>
/// A walk through the graph that turns out to cost more than a scan, or ends with fewer hits than wanted, is followed
/// by the scan.
/// </remarks>
internal sealed unsafe class ShardSearcher(ShardState state)
{
    /// <summary>Places asked for ahead while named ones are scanned.</summary>
    private const int ScannedAhead = 8;

    /// <summary>Places scanned between two looks at the cancellation token.</summary>
    private const int CancellationInterval = 4096;

    private readonly PointTable _points = state.Points;
    private readonly SearchPlanner _planner = new(state.Points);

    /// <summary>Fixes what a search sees.</summary>
    public SearchRun Prepare(ShardSearch search)
    {
        var index = state.VectorNamed(search.VectorName);
        var indexedUpTo = index.IndexedUpTo; // before the LSN: what the graph left out is deleted for that LSN too
        var asOf = state.AppliedLsn; // before the filter, whose indexes may know more, never less
        var filter = search.Filter is { IsEmpty: false } given
            ? new FilterCompiler(_points, state.PayloadIndexes, asOf).Compile(given)
            : null;
        return new(search, index, filter, indexedUpTo, asOf, new(search.Count, _points));
    }

    /// <inheritdoc cref="SearchPlanner.IsShort"/>
    public bool IsShort(SearchRun run) => _planner.IsShort(run);

    public ShardHits Search(ShardSearch search, SearchScratch scratch, CancellationToken cancellationToken) =>
        Search(Prepare(search), scratch, cancellationToken);

    public ShardHits Search(SearchRun run, SearchScratch scratch, CancellationToken cancellationToken)
    {
        if (run.Plan is null) _planner.Choose(run, mayLook: true);
        run.Query = scratch.LoadQuery(run.Search.Query.Span, run.Index.Settings.Metric);
        var visited = 0;
        var walks = run.Plan is SearchPlan.Graph or SearchPlan.FilteredGraph;
        if (walks && !TryWalk(run, scratch, cancellationToken, ref visited)) _planner.UseScan(run);
        visited += run.Plan switch
        {
            SearchPlan.Scan => ScanAll(run, 0, cancellationToken),
            SearchPlan.IndexedScan => ScanNamed(run, scratch, cancellationToken),
            SearchPlan.CodeScan or SearchPlan.IndexedCodeScan => ScanByCodes(run, scratch, cancellationToken),
            _ => 0,
        };
        return ToHits(run, visited);
    }

    /// <returns>False: the walk gave up, or may have come back short.</returns>
    private bool TryWalk(SearchRun run, SearchScratch scratch, CancellationToken cancellationToken, ref int visited)
    {
        if (run.Filter is not { } filter)
            return TryWalk(run, default(NoFilter), int.MaxValue, scratch, cancellationToken, ref visited);
        if (SearchPlanner.KeepsRefused(run))
        {
            var limit = _planner.WeakVisitLimit(run);
            if (TryWalk(run, new WeakFilter(filter), limit, scratch, cancellationToken, ref visited)) return true;
            if (_planner.PrefersScan(run, scratch.Beam)) return false;
        }

        var most = _planner.VisitLimit(run);
        return TryWalk(run, new SelectiveFilter(filter), most, scratch, cancellationToken, ref visited);
    }

    private bool TryWalk<TFilter>(
        SearchRun run,
        TFilter inner,
        int visitLimit,
        SearchScratch scratch,
        CancellationToken cancellationToken,
        ref int visited)
        where TFilter : struct, IPlaceFilter
    {
        var filter = new VisibleFilter<TFilter>(_points, run.AsOf, run.IndexedUpTo, inner);
        var isComplete = run.Index.SearchGraph(
            run.Query, run.EfSearch, run.Codes, filter, visitLimit, scratch);
        visited += scratch.VisitedCount;
        if (!isComplete) return false;
        OfferBeam(run, scratch.Beam);
        visited += ScanAll(run, run.IndexedUpTo, cancellationToken);
        if (run.Best.Count == run.Search.Count || run.Best.Count == _points.LiveCount) return true;
        run.Best = new(run.Search.Count, _points);
        return false;
    }

    /// <summary>Looks at every place from <paramref name="start"/> on.</summary>
    private int ScanAll(SearchRun run, int start, CancellationToken cancellationToken)
    {
        var computed = 0;
        var end = _points.Count;
        for (var place = start; place < end; place++)
        {
            if (place % CancellationInterval == 0) cancellationToken.ThrowIfCancellationRequested();
            if (ScanPlace(run, place)) computed++;
        }

        return computed;
    }

    /// <summary>Looks at the places that payload indexes name.</summary>
    private int ScanNamed(SearchRun run, SearchScratch scratch, CancellationToken cancellationToken)
    {
        var places = CollectNamed(run, scratch);
        var computed = 0;
        for (var i = 0; i < places.Length; i++)
        {
            if (i % CancellationInterval == 0) cancellationToken.ThrowIfCancellationRequested();
            if (i + ScannedAhead < places.Length)
            {
                _points.Prefetch(places[i + ScannedAhead]);
                run.Index.Prefetch(places[i + ScannedAhead]);
            }

            if (scratch.Visited.Visit(places[i]) && ScanPlace(run, places[i])) computed++;
        }

        return computed;
    }

    /// <summary>Looks at the codes of all places, or of those that payload indexes name, and at the vectors of what has
    /// no code yet.</summary>
    private int ScanByCodes(SearchRun run, SearchScratch scratch, CancellationToken cancellationToken)
    {
        ReadOnlySpan<int> named = run.Plan == SearchPlan.IndexedCodeScan ? CollectNamed(run, scratch) : [];
        if (run.Plan == SearchPlan.CodeScan) scratch.Reset(_points.Count);
        var filter = new ScanFilter(_points, run, scratch);
        var computed = run.Plan == SearchPlan.IndexedCodeScan
            ? ScanByCodes(run, new ListedPlaces(named), filter, scratch, cancellationToken)
            : ScanByCodes(run, new AllPlaces(run.IndexedUpTo), filter, scratch, cancellationToken);
        OfferBeam(run, scratch.Beam);
        if (run.Plan == SearchPlan.CodeScan) return computed + ScanAll(run, run.IndexedUpTo, cancellationToken);
        foreach (var place in named)
            if (place >= run.IndexedUpTo && scratch.Visited.Visit(place) && ScanPlace(run, place)) computed++;
        return computed;
    }

    private static int ScanByCodes<TPlaces>(
        SearchRun run,
        TPlaces places,
        ScanFilter filter,
        SearchScratch scratch,
        CancellationToken cancellationToken)
        where TPlaces : struct, IPlaceSequence, allows ref struct => run.Index.ScanByCodes(
            run.Query,
            places,
            run.IndexedUpTo,
            run.KeptByCodes,
            run.Codes!.Value.Rescored > 0,
            filter,
            scratch,
            cancellationToken);

    private ReadOnlySpan<int> CollectNamed(SearchRun run, SearchScratch scratch)
    {
        scratch.Named.Clear();
        run.Filter!.Collect(scratch.Named);
        scratch.Reset(_points.Count);
        return CollectionsMarshal.AsSpan(scratch.Named);
    }

    /// <summary>The filter is asked last, only about places that come near: it may have to read a payload.</summary>
    private bool ScanPlace(SearchRun run, int place)
    {
        if (!HasVector(run.Index, place) || !_points.IsVisible(place, run.AsOf)) return false;
        var order = run.Index.OrderValueOf(run.Query, place);
        if (order <= run.Best.Worst && run.Filter?.Matches(place) != false) run.Best.Offer(order, place);
        return true;
    }

    private void OfferBeam(SearchRun run, Beam beam)
    {
        for (var i = 0; i < beam.Count && beam.OrderAt(i) <= run.Best.Worst; i++)
        {
            if (!beam.IsAccepted(i)) continue;
            _points.Prefetch(beam.PlaceAt(i)); // hits are made of it
            run.Best.Offer(beam.OrderAt(i), beam.PlaceAt(i));
        }
    }

    private bool HasVector(VectorIndex index, int place) => (_points[place].VectorMask & (1u << index.MaskBit)) != 0;

    private ShardHits ToHits(SearchRun run, int visited)
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

        return new(hits, run.Plan!.Value, visited);
    }
}
