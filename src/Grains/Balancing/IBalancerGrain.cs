using Orleans;
using VectorCluster.Grains.Loads;

namespace VectorCluster.Grains.Balancing;

/// <summary>Moves shards between silos. Key 0: its one activation is the election. During a partition there may be two;
/// what they do to the same shard is fenced by its epoch, and costs only work.</summary>
/// <remarks>As <see cref="ICluster"/>, with the same exceptions. Shards are named by their keys.</remarks>
[Alias("VectorCluster.IBalancerGrain")]
public interface IBalancerGrain : IGrainWithIntegerKey
{
    /// <summary>Every silo calls it about once a second, which keeps it in memory and makes it look.</summary>
    [Alias("Wake")]
    Task WakeAsync();

    [Alias("GetCluster")]
    Task<ClusterInfo> GetClusterAsync();

    [Alias("ListShards")]
    Task<PlacedShard[]> ListShardsAsync(string? collection, int limit);

    [Alias("ListMoves")]
    Task<ShardMove[]> ListMovesAsync();

    [Alias("MoveShard")]
    [ResponseTimeout(MoveTimes.Whole)]
    Task<ShardMove> MoveShardAsync(string shard, string silo, CancellationToken cancellationToken);

    [Alias("Drain")]
    Task DrainAsync(string silo);

    [Alias("SuspendBalancing")]
    Task SuspendBalancingAsync(bool isSuspended);
}
