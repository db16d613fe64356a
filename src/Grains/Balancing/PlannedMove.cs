namespace VectorCluster.Grains.Balancing;

/// <summary>A silo, as plans see it.</summary>
/// <param name="BudgetBytes">From 1. A silo is to hold bytes in proportion to it.</param>
/// <param name="UnlistedBytes">Of shards that are not listed, and so stay where they are.</param>
internal sealed record BalancedSilo(
    string Name, string Zone, long BudgetBytes, bool IsDraining = false, long UnlistedBytes = 0);

/// <param name="Silo">Name of the one that has it.</param>
internal sealed record BalancedShard(ShardId Shard, string Silo, long Bytes, double CallsPerSecond = 0);

internal sealed record PlannedMove(BalancedShard Shard, string To, MoveReason Reason);

internal enum MoveReason
{
    /// <summary>Its silo gives all its shards away.</summary>
    Drain,

    /// <summary>Its silo holds more bytes than its share.</summary>
    Bytes,

    /// <summary>Its silo is called more than its share.</summary>
    Calls,

    /// <summary>An operator asked for it.</summary>
    Operator,
}
