namespace VectorCluster;

/// <summary>A cluster as its balancer sees it.</summary>
/// <param name="Imbalance">How far the fullest silo is above the average of those that are not draining, as a share of
/// that average: 0 is even; 0.1 is ten percent above.</param>
/// <param name="IsBalancingSuspended">An operator suspended it.</param>
public sealed record ClusterInfo(
    IReadOnlyList<SiloInfo> Silos,
    double Imbalance,
    bool IsBalancingSuspended,
    int WaitingMoves,
    int RunningMoves);

/// <summary>A silo and what it holds in memory.</summary>
/// <param name="Name">Address and port by which the silos know it, such as <c>10.0.0.7:11111</c>; the same again after
/// a restart.</param>
/// <param name="Zone">Empty: none was configured.</param>
/// <param name="ResidentBytes">Of all shards in memory there.</param>
/// <param name="BudgetBytes">What shards may take there.</param>
public sealed record SiloInfo(
    string Name, string Zone, SiloState State, int ShardCount, long ResidentBytes, long BudgetBytes);

public enum SiloState
{
    Serving,

    /// <summary>Its shards are being handed to other silos.</summary>
    Draining,
}

/// <summary>A shard in memory.</summary>
public sealed record PlacedShard(ShardId Shard, string Silo, long ResidentBytes, long PointCount);

/// <summary>A shard's way from one silo to another.</summary>
/// <param name="Why">A sentence for an operator.</param>
/// <param name="Failure">Why it failed; null if it did not. The shard serves all the same.</param>
public sealed record ShardMove(
    ShardId Shard,
    string From,
    string To,
    long Bytes,
    ShardMoveStatus Status,
    string Why,
    DateTimeOffset StartedAt,
    TimeSpan? Took,
    string? Failure);

public enum ShardMoveStatus
{
    Waiting,

    /// <summary>The target loads the shard; the old silo serves it.</summary>
    Warming,

    /// <summary>The shard changes hands; calls wait.</summary>
    Switching,

    Done,
    Failed,
}
