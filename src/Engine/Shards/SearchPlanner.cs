using VectorCluster.Engine.Filters;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Points;

namespace VectorCluster.Engine.Shards;

/// <summary>Chooses how a shard is searched, by what each way costs.</summary>
/// <remarks>
/// The unit of cost is one distance of a walk through the graph. A walk that keeps only what passes a filter has to
/// expand about efSearch / s places to find efSearch matches, s being the filter's selectivity. A scan costs the places
/// that payload indexes name; where none does, all of them, of which the filter is asked only about those that come
/// near. Costs were measured on 100-d vectors (docs/decisions/0011-filtered-search.md); with more dimensions they grow
/// about alike.
/// </remarks>
internal sealed class SearchPlanner(PointTable points)
{
    /// <summary>Distances that a walk computes for each candidate it keeps, refused ones included.</summary>
    private const int DistancesPerCandidate = 12;

    /// <summary>Refused places that a walk may keep among its candidates: in order, so each costs the more the more
    /// there are. With a larger efSearch they may be four times as many.</summary>
    private const int MostRefused = 1_500;

    private const int MostRefusedPerCandidate = 4;

    /// <summary>Smaller ones count as this: it costs more than any scan.</summary>
    private const double LeastSelectivity = 1e-9;

    /// <summary>A walk may take so many times what is expected of it.</summary>
    private const int LeastFactor = 2;

    /// <summary>Of a place that payload indexes name, by its code.</summary>
    private const double NamedCodeCost = 0.35;

    /// <summary>Of a place when all of them are scanned by their codes.</summary>
    private const double CodeCost = 0.3;

    /// <summary>Of a place by its vector, however it is come by.</summary>
    private const double VectorCost = 1;

    /// <summary>Codes are not worth while for fewer places than so many times those that are rescored.</summary>
    private const int LeastPerRescored = 8;

    /// <summary>More places than this are not kept in order while codes are scanned.</summary>
    private const int MostKept = 2_000;

    /// <summary>Places looked at to estimate a filter's selectivity.</summary>
    private const int SampleSize = 256;

    /// <summary>What a short search costs at most: some hundred microseconds.</summary>
    private const int ShortCost = 20_000;

    /// <summary>With more dimensions a distance takes longer, in proportion.</summary>
    private const int FewDimensions = 128;

    /// <summary>Sets the plan of a search and what it costs.</summary>
    /// <param name="mayLook">False: leaves them unset where places would have to be looked at.</param>
    public void Choose(SearchRun run, bool mayLook)
    {
        if (run.Search.Exact || run.IndexedUpTo == 0)
        {
            UseScan(run);
            return;
        }

        var scan = run.Filter is null ? (SearchPlan.Graph, Cost: double.PositiveInfinity) : CheapestScan(run);
        run.Selectivity = ShareOf(run.Filter?.Bound);
        if (run.Filter is { } filter && scan.Cost > WalkCost(run))
        {
            if (filter.Estimate is { } estimate) run.Selectivity = ShareOf(estimate);
            else if (mayLook) run.Selectivity = Sample(run);
            else return;
        }

        var walkCost = WalkCost(run);
        var walk = run.Filter is null ? SearchPlan.Graph : SearchPlan.FilteredGraph;
        (run.Plan, run.Cost) = scan.Cost <= walkCost ? scan : (walk, walkCost);
        if (run.Search.Plan is { } wanted && IsPossible(wanted, run)) run.Plan = wanted;
    }

    /// <summary>Instead of a walk that gave up or came back short.</summary>
    public void UseScan(SearchRun run) => (run.Plan, run.Cost) = CheapestScan(run);

    /// <summary>Whether a search is sure to take no more than some hundred microseconds, what the graph lacks
    /// included.</summary>
    public bool IsShort(SearchRun run)
    {
        if (run.Plan is null) Choose(run, mayLook: false);
        var most = ShortCost / Math.Max(1, run.Index.Settings.Dimension / FewDimensions);
        var scansRest = run.Plan is SearchPlan.Graph or SearchPlan.FilteredGraph or SearchPlan.CodeScan;
        var rest = scansRest ? (points.Count - run.IndexedUpTo) * VectorCost : 0;
        return run.Plan is not null && run.Cost + rest <= most;
    }

    /// <summary>Whether refused places are few enough to lie among the candidates of a walk, so that they need no heap
    /// of their own.</summary>
    public static bool KeepsRefused(SearchRun run)
    {
        var refused = run.Walked * ((1 / Math.Max(run.Selectivity, LeastSelectivity)) - 1);
        return refused <= Math.Max(MostRefused, (double)MostRefusedPerCandidate * run.Walked);
    }

    /// <summary>Whether a scan is cheaper than another walk, after one that gave up and left what it saw.</summary>
    public bool PrefersScan(SearchRun run, Beam beam)
    {
        run.Selectivity = Math.Min(run.Selectivity, (double)beam.SeenAccepted / Math.Max(1, beam.Seen));
        return CheapestScan(run).Cost <= WalkCost(run);
    }

    /// <summary>Distances after which a walk with a filter gives up: a scan would have been cheaper, and the filter
    /// passes fewer places near the query than everywhere.</summary>
    public int VisitLimit(SearchRun run) =>
        (int)Math.Min(int.MaxValue - 1, Math.Max(CheapestScan(run).Cost, LeastFactor * WalkCost(run)));

    /// <summary>As <see cref="VisitLimit"/>, of a walk that keeps refused places among its candidates: they would
    /// become too many to be kept in order.</summary>
    public int WeakVisitLimit(SearchRun run) => (int)Math.Min(VisitLimit(run), LeastFactor * WalkCost(run));

    private static bool IsPossible(SearchPlan plan, SearchRun run)
    {
        var isNamed = run.Filter is { Bound: not PlacePredicate.Unbounded };
        return plan switch
        {
            SearchPlan.Graph => run.Filter is null,
            SearchPlan.FilteredGraph => run.Filter is not null,
            SearchPlan.IndexedScan => isNamed,
            SearchPlan.CodeScan => run.KeptByCodes > 0,
            SearchPlan.IndexedCodeScan => isNamed && run.KeptByCodes > 0,
            _ => true,
        };
    }

    private static double WalkCost(SearchRun run) =>
        (double)DistancesPerCandidate * run.Walked / Math.Max(run.Selectivity, LeastSelectivity);

    /// <summary>Of live points; 1 if nobody knows.</summary>
    private double ShareOf(int? count) =>
        count is null or PlacePredicate.Unbounded ? 1 : Math.Min(1, (double)count / Math.Max(1, points.LiveCount));

    private (SearchPlan Plan, double Cost) CheapestScan(SearchRun run)
    {
        var bound = run.Filter?.Bound ?? PlacePredicate.Unbounded;
        var isNamed = bound != PlacePredicate.Unbounded;
        var places = isNamed ? bound : points.Count;
        var kept = run.KeptByCodes;
        if (kept == 0 || kept > MostKept || (long)kept * LeastPerRescored > places)
            return (isNamed ? SearchPlan.IndexedScan : SearchPlan.Scan, places * VectorCost);
        var named = (SearchPlan.IndexedCodeScan, Cost: places * NamedCodeCost);
        var all = (SearchPlan.CodeScan, Cost: points.Count * CodeCost);
        return isNamed && named.Cost < all.Cost ? named : all;
    }

    /// <summary>The share of visible places that pass, from places of the graph spread evenly; 0: none of them
    /// did.</summary>
    private double Sample(SearchRun run)
    {
        var (seen, passed) = (0, 0);
        var stride = Math.Max(1, run.IndexedUpTo / SampleSize);
        for (var place = 0; place < run.IndexedUpTo; place += stride)
        {
            if (!points.IsAppliedVisible(place, run.AsOf)) continue;
            seen++;
            if (run.Filter!.Matches(place)) passed++;
        }

        return seen == 0 ? 0 : (double)passed / seen;
    }
}
