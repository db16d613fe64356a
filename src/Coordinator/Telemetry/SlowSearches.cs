using System.Globalization;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Telemetry;

namespace VectorCluster.Coordinator.Telemetry;

/// <summary>Whom to tell of searches that took long.</summary>
/// <param name="Threshold">From this on it is long.</param>
/// <param name="Report">Called within the search, so that it sees its trace.</param>
public sealed record SlowSearches(TimeSpan Threshold, Action<SlowSearch> Report);

/// <summary>A search that took long, and how each shard went about it.</summary>
public sealed record SlowSearch(
    string Collection,
    string Namespace,
    TimeSpan Took,
    int Limit,
    bool HasFilter,
    IReadOnlyList<(int Shard, SearchPlan Plan, int Visited)> Shards)
{
    /// <summary>Such as <c>0: filtered_graph, 1532 visited; 1: scan, 90000 visited</c>.</summary>
    public string Plan => string.Join("; ", Shards.Select(shard => string.Create(
        CultureInfo.InvariantCulture, $"{shard.Shard}: {PlanNames.Of(shard.Plan)}, {shard.Visited} visited")));
}
