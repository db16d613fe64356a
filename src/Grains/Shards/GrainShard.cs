using Orleans.Runtime;
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
        catch (Exception exception) when (exception is OrleansException or TimeoutException or InvalidDataException)
        {
            // The last is a message that can't be read: perhaps the answer.
            lost.Add(shard);
            throw new WriteOutcomeUnknownException(shard, exception);
        }
    }

    public async Task<IReadOnlyList<ShardHits>> SearchAsync(
        IReadOnlyList<ShardSearch> searches, bool isAlone = false, CancellationToken cancellationToken = default) =>
        await ReadAsync(grain.SearchAsync([.. searches], cancellationToken));

    public async Task<IReadOnlyList<StoredPoint>> FetchAsync(
        IReadOnlyList<ShardPlace> hits,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default) =>
        await ReadAsync(grain.FetchAsync(new(hits, payload, vectors), cancellationToken));

    public async Task<IReadOnlyList<StoredPoint>> GetAsync(
        IReadOnlyList<PointId> ids,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default) =>
        await ReadAsync(grain.GetAsync(new(ids, payload, vectors), cancellationToken));

    public Task<ShardPage> ScrollAsync(
        PointId? from,
        int limit,
        Filter? filter,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default) =>
        ReadAsync(grain.ScrollAsync(new(from, limit, filter, payload, vectors), cancellationToken));

    public Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken = default) =>
        ReadAsync(grain.CountAsync(filter, cancellationToken));

    public Task<ShardInfo> DescribeAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(grain.DescribeAsync(cancellationToken));

    private Task<bool> ReachAsync(CancellationToken cancellationToken)
    {
        return ReadAsync(ReachedAsync());

        async Task<bool> ReachedAsync()
        {
            await grain.PingAsync(cancellationToken);
            return true;
        }
    }

    private async Task<T> ReadAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (OrleansException)
        {
            lost.Add(shard);
            throw new ShardClosedException(shard); // its silo is gone, or going: ask again
        }
    }
}
