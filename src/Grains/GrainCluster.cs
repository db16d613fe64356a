using Orleans;
using VectorCluster.Client;
using VectorCluster.Grains.Balancing;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Grains;

/// <summary>The cluster as a silo serves it to operators: everything goes through the balancer.</summary>
public sealed class GrainCluster(IGrainFactory grains) : ICluster
{
    private readonly IBalancerGrain _balancer = grains.GetGrain<IBalancerGrain>(0);

    public Task<ClusterInfo> GetClusterAsync(CancellationToken cancellationToken = default) =>
        CallAsync(_balancer.GetClusterAsync(), cancellationToken);

    public async Task<IReadOnlyList<PlacedShard>> ListShardsAsync(
        string? collection = null, int limit = 1_000, CancellationToken cancellationToken = default)
    {
        if (limit < 1) throw new InvalidRequestException(ErrorCodes.OutOfRange, "The limit must be 1 or more.");
        return await CallAsync(_balancer.ListShardsAsync(collection, limit), cancellationToken);
    }

    public async Task<IReadOnlyList<ShardMove>> ListMovesAsync(CancellationToken cancellationToken = default) =>
        await CallAsync(_balancer.ListMovesAsync(), cancellationToken);

    public Task<ShardMove> MoveShardAsync(
        ShardId shard, string silo, CancellationToken cancellationToken = default) => CallAsync(
        _balancer.MoveShardAsync(ShardKey.Write(shard), silo, cancellationToken), cancellationToken);

    public Task DrainAsync(string silo, CancellationToken cancellationToken = default) =>
        CallAsync(_balancer.DrainAsync(silo), cancellationToken);

    public Task SuspendBalancingAsync(bool isSuspended, CancellationToken cancellationToken = default) =>
        CallAsync(_balancer.SuspendBalancingAsync(isSuspended), cancellationToken);

    private static async Task CallAsync(Task call, CancellationToken cancellationToken)
    {
        try
        {
            await call.WaitAsync(cancellationToken);
        }
        catch (Exception exception)
            when (exception is TimeoutException || ClusterFailure.IsLost(exception, cancellationToken))
        {
            throw new ShardUnavailableException(
                ErrorCodes.ShardUnavailable, $"The balancer did not answer: {exception.Message}", []);
        }
    }

    private static async Task<T> CallAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        await CallAsync((Task)call, cancellationToken);
        return await call;
    }
}
