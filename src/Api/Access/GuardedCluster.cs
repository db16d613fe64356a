namespace VectorCluster.Api;

/// <summary>The cluster as one caller may see and steer it: it shows every tenant's shards, so only who sees
/// all.</summary>
internal sealed class GuardedCluster(ICluster cluster, Caller caller) : ICluster
{
    public Task<ClusterInfo> GetClusterAsync(CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.ReadServer, "");
        return cluster.GetClusterAsync(cancellationToken);
    }

    public Task<IReadOnlyList<PlacedShard>> ListShardsAsync(
        string? collection = null, int limit = 1_000, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.ReadServer, "");
        return cluster.ListShardsAsync(collection, limit, cancellationToken);
    }

    public Task<IReadOnlyList<ShardMove>> ListMovesAsync(CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.ReadServer, "");
        return cluster.ListMovesAsync(cancellationToken);
    }

    public Task<ShardMove> MoveShardAsync(
        ShardId shard, string silo, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.AdminServer, "");
        return cluster.MoveShardAsync(shard, silo, cancellationToken);
    }

    public Task DrainAsync(string silo, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.AdminServer, "");
        return cluster.DrainAsync(silo, cancellationToken);
    }

    public Task SuspendBalancingAsync(bool isSuspended, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.AdminServer, "");
        return cluster.SuspendBalancingAsync(isSuspended, cancellationToken);
    }
}
