namespace VectorCluster;

/// <summary>How a database lies on its silos, and what an operator can do about it.</summary>
/// <remarks>A process that serves alone answers too: it is a cluster of one silo, which nothing moves from.</remarks>
public interface ICluster
{
    /// <summary>The silos with what they hold, and what is being moved between them.</summary>
    /// <exception cref="ShardUnavailableException">The silo that has the balancer does not answer. A retry is
    /// safe.</exception>
    Task<ClusterInfo> GetClusterAsync(CancellationToken cancellationToken = default);

    /// <summary>Shards that are in memory, in the order of their silos, largest first.</summary>
    /// <param name="collection">Only those of that collection; null: all.</param>
    /// <param name="limit">From 1; so many at most.</param>
    Task<IReadOnlyList<PlacedShard>> ListShardsAsync(
        string? collection = null, int limit = 1_000, CancellationToken cancellationToken = default);

    /// <summary>Moves that wait, run, or ended lately, newest first.</summary>
    Task<IReadOnlyList<ShardMove>> ListMovesAsync(CancellationToken cancellationToken = default);

    /// <summary>Moves a shard and waits until it serves from there. One that is there already: nothing
    /// happens.</summary>
    /// <param name="silo">A <see cref="SiloInfo.Name"/>.</param>
    /// <exception cref="NotFoundException">No such silo, or the shard's collection does not exist.</exception>
    /// <exception cref="OverloadedException">The move failed, and the shard serves where it was. A retry is
    /// safe.</exception>
    Task<ShardMove> MoveShardAsync(ShardId shard, string silo, CancellationToken cancellationToken = default);

    /// <summary>Begins to hand a silo's shards to the others; new ones are not placed there any more. Follow it by
    /// <see cref="GetClusterAsync"/>. The silo goes on serving until it is stopped.</summary>
    /// <exception cref="NotFoundException">No such silo.</exception>
    /// <exception cref="InvalidRequestException">It is the only one: nobody could take its shards.</exception>
    Task DrainAsync(string silo, CancellationToken cancellationToken = default);

    /// <summary>Stops the balancer from beginning moves, or lets it go on. Moves that were asked for, and drains, go on
    /// all the same. Kept when silos restart.</summary>
    Task SuspendBalancingAsync(bool isSuspended, CancellationToken cancellationToken = default);
}
