using VectorCluster.Client;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains.Wire;

namespace VectorCluster.Grains.Shards;

/// <summary>A shard on whichever silo has it.</summary>
/// <remarks>A read that was lost on the way may be sent again. A write that was lost may have been done.</remarks>
internal sealed class GrainShard(ShardId shard, IShardGrain grain, LostShards lost) : IShardClient
{
    public async Task<WriteReceipt> WriteAsync(ShardOperation operation, CancellationToken cancellationToken = default)
    {
        if (lost.Contains(shard))
        {
            await ReachAsync(cancellationToken);
            lost.Remove(shard);
        }

        try
        {
            return await grain.WriteAsync(operation, cancellationToken);
        }
        catch (Exception exception) when (ClusterFailure.IsOne(exception, cancellationToken))
        {
            lost.Add(shard);
            throw new WriteOutcomeUnknownException(shard, exception);
        }
    }

    public async Task<IReadOnlyList<ShardHits>> SearchAsync(
        IReadOnlyList<ShardSearch> searches, bool isAlone = false, CancellationToken cancellationToken = default) =>
        await ReadAsync(grain.SearchAsync([.. searches], cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<StoredPoint>> FetchAsync(
        IReadOnlyList<ShardPlace> hits,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default) =>
        await ReadAsync(grain.FetchAsync(new(hits, payload, vectors), cancellationToken), cancellationToken);

    public async Task<IReadOnlyList<StoredPoint>> GetAsync(
        IReadOnlyList<PointId> ids,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default) =>
        await ReadAsync(grain.GetAsync(new(ids, payload, vectors), cancellationToken), cancellationToken);

    public Task<ShardPage> ScrollAsync(
        PointId? from,
        int limit,
        Filter? filter,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default) =>
        ReadAsync(
            grain.ScrollAsync(new(from, limit, filter, payload, vectors), cancellationToken), cancellationToken);

    public Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken = default) =>
        ReadAsync(grain.CountAsync(filter, cancellationToken), cancellationToken);

    public Task<ShardInfo> DescribeAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(grain.DescribeAsync(cancellationToken), cancellationToken);

    private Task<bool> ReachAsync(CancellationToken cancellationToken)
    {
        return ReadAsync(ReachedAsync(), cancellationToken);

        async Task<bool> ReachedAsync()
        {
            await grain.PingAsync(cancellationToken);
            return true;
        }
    }

    private async Task<T> ReadAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call;
        }
        catch (Exception exception) when (ClusterFailure.IsLost(exception, cancellationToken))
        {
            lost.Add(shard);
            throw new ShardClosedException(shard); // its silo is gone, or going: ask again
        }
    }
}
