using VectorCluster.Engine.Shards;

namespace VectorCluster.Grains.Shards;

/// <summary>A shard that is open on the silo which calls it: reads go past its activation, straight to it.</summary>
/// <remarks>A read looks for itself whether the shard is still owned, and closing waits for it; the activation's turns
/// add nothing to that. Writes go to the activation, which knows of memory and of calls that were lost.</remarks>
internal sealed class NearShard(OpenShard open, SiloShards shards, Func<ShardId, GrainShard> activationOf)
    : IShardClient
{
    /// <summary>Whether calls need not wait for its activation to come or go.</summary>
    public static bool Is(OpenShard? open) =>
        open is { IsLeaving: false, Memory.IsClosing: false } && !open.Shard.Ended.IsCompleted;

    public Task<WriteReceipt> WriteAsync(ShardOperation operation, CancellationToken cancellationToken = default) =>
        activationOf(open.Id).WriteAsync(operation, cancellationToken);

    public Task<IReadOnlyList<ShardHits>> SearchAsync(
        IReadOnlyList<ShardSearch> searches, bool isAlone = false, CancellationToken cancellationToken = default) =>
        UseAsync(near => ShardGrain.SearchAsync(near, searches, isAlone, cancellationToken));

    public Task<IReadOnlyList<StoredPoint>> FetchAsync(
        IReadOnlyList<ShardPlace> hits,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default) =>
        UseAsync(near => near.Shard.FetchAsync(hits, payload, vectors, cancellationToken));

    public Task<IReadOnlyList<StoredPoint>> GetAsync(
        IReadOnlyList<PointId> ids,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default) =>
        UseAsync(near => near.Shard.GetAsync(ids, payload, vectors, cancellationToken));

    public Task<ShardPage> ScrollAsync(
        PointId? from,
        int limit,
        Filter? filter,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default) =>
        UseAsync(near => near.Shard.ScrollAsync(from, limit, filter, payload, vectors, cancellationToken));

    public Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken = default) =>
        UseAsync(near => near.Shard.CountAsync(filter, cancellationToken));

    public Task<ShardInfo> DescribeAsync(CancellationToken cancellationToken = default) =>
        UseAsync(near => near.Shard.DescribeAsync(cancellationToken));

    private Task<T> UseAsync<T>(Func<OpenShard, Task<T>> read)
    {
        open.NotePassing();
        return shards.UseAsync(open, read);
    }
}
