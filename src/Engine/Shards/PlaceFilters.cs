using System.Runtime.CompilerServices;
using VectorCluster.Engine.Filters;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Points;

namespace VectorCluster.Engine.Shards;

/// <summary>Every place.</summary>
internal readonly struct NoFilter : IPlaceFilter
{
    public static bool IsSelective => false;

    public bool Accepts(int place) => true;
}

/// <summary>Of a filter that passes so few places that those to be expanded need a heap of their own.</summary>
internal readonly struct SelectiveFilter(PlacePredicate predicate) : IPlaceFilter
{
    public static bool IsSelective => true;

    public bool Accepts(int place) => predicate.Matches(place);
}

/// <summary>Of a filter that passes so much that refused places may lie among the candidates.</summary>
internal readonly struct WeakFilter(PlacePredicate predicate) : IPlaceFilter
{
    public static bool IsSelective => false;

    public bool Accepts(int place) => predicate.Matches(place);
}

/// <summary>Places of the searched part of the graph that the search's LSN sees.</summary>
internal readonly struct VisibleFilter<TFilter>(PointTable points, long asOf, int indexedUpTo, TFilter inner)
    : IPlaceFilter
    where TFilter : struct, IPlaceFilter
{
    public static bool IsSelective => TFilter.IsSelective;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Accepts(int place) =>
        place < indexedUpTo && points.IsAppliedVisible(place, asOf) && inner.Accepts(place);
}

/// <summary>Of a scan: places with the searched vector that the search's LSN sees and that pass the filter, each
/// once.</summary>
internal readonly struct ScanFilter(PointTable points, SearchRun run, SearchScratch scratch) : IPlaceFilter
{
    public static bool IsSelective => false;

    public bool Accepts(int place) =>
        points.IsAppliedVisible(place, run.AsOf)
        && HasVector(place)
        && run.Filter?.Matches(place) != false
        && scratch.Visited.Visit(place);

    /// <summary>A code that is not empty tells; the record, which is likely not in the caches, need not be
    /// asked.</summary>
    private bool HasVector(int place) =>
        !run.Index.Codes!.IsEmpty(place) || (points[place].VectorMask & (1u << run.Index.MaskBit)) != 0;
}
