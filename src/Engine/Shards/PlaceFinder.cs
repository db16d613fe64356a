using VectorCluster.Engine.Filters;

namespace VectorCluster.Engine.Shards;

/// <summary>Finds all places that pass a filter, by payload indexes where they help.</summary>
internal sealed class PlaceFinder(ShardState state)
{
    /// <returns>Places visible as of an LSN, each once, in no order.</returns>
    public IEnumerable<int> Find(Filter filter, long asOf, CancellationToken cancellationToken = default)
    {
        var predicate = new FilterCompiler(state.Points, state.PayloadIndexes, asOf).Compile(filter);
        foreach (var place in Candidates(predicate))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (state.Points.IsVisible(place, asOf) && predicate.Matches(place)) yield return place;
        }
    }

    /// <summary>A test for places, for callers that come by them otherwise.</summary>
    public Func<int, bool> Test(Filter? filter, long asOf)
    {
        if (filter is null or { IsEmpty: true }) return place => state.Points.IsVisible(place, asOf);
        var predicate = new FilterCompiler(state.Points, state.PayloadIndexes, asOf).Compile(filter);
        return place => state.Points.IsVisible(place, asOf) && predicate.Matches(place);
    }

    private IEnumerable<int> Candidates(PlacePredicate predicate)
    {
        if (predicate.Bound > state.Points.Count / 2) return Enumerable.Range(0, state.Points.Count);
        var places = new List<int>();
        predicate.Collect(places);
        return places.Distinct();
    }
}
