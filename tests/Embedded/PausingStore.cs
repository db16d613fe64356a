using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Embedded.Tests;

/// <summary>A store in which a test can do something first, before a shard is taken or deleted.</summary>
internal sealed class PausingStore(IShardStore store) : IShardStore
{
    public Func<Task> BeforeAcquire { get; set; } = () => Task.CompletedTask;

    public Func<Task> BeforeDelete { get; set; } = () => Task.CompletedTask;

    public async ValueTask DeleteAsync(ShardId shard, CancellationToken cancellationToken = default)
    {
        await BeforeDelete();
        await store.DeleteAsync(shard, cancellationToken);
    }

    public async ValueTask<ShardOwnership> AcquireAsync(ShardId shard, CancellationToken cancellationToken = default)
    {
        await BeforeAcquire();
        return await store.AcquireAsync(shard, cancellationToken);
    }

    public ValueTask<ShardOwnership?> RenewAsync(
        ShardId shard, Epoch epoch, CancellationToken cancellationToken = default) =>
        store.RenewAsync(shard, epoch, cancellationToken);

    public ValueTask<StoreStatus> AppendAsync(
        ShardId shard,
        Epoch epoch,
        Lsn first,
        IReadOnlyList<ReadOnlyMemory<byte>> records,
        CancellationToken cancellationToken = default) =>
        store.AppendAsync(shard, epoch, first, records, cancellationToken);

    public IAsyncEnumerable<WalRecord> ReadAsync(
        ShardId shard, Lsn from, CancellationToken cancellationToken = default) =>
        store.ReadAsync(shard, from, cancellationToken);

    public ValueTask<StoreStatus> WriteCheckpointAsync(
        ShardId shard,
        Epoch epoch,
        CheckpointManifest manifest,
        IAsyncEnumerable<CheckpointPage> pages,
        CancellationToken cancellationToken = default) =>
        store.WriteCheckpointAsync(shard, epoch, manifest, pages, cancellationToken);

    public ValueTask<CheckpointManifest?> ReadManifestAsync(
        ShardId shard, CancellationToken cancellationToken = default) =>
        store.ReadManifestAsync(shard, cancellationToken);

    public ValueTask ReadPagesAsync(
        ShardId shard, Func<PageKey, int, Memory<byte>> destination, CancellationToken cancellationToken = default) =>
        store.ReadPagesAsync(shard, destination, cancellationToken);

    public ValueTask<StoreStatus> TrimAsync(
        ShardId shard, Epoch epoch, Lsn upTo, CancellationToken cancellationToken = default) =>
        store.TrimAsync(shard, epoch, upTo, cancellationToken);

    public ValueTask ReleaseAsync(ShardId shard, CancellationToken cancellationToken = default) =>
        store.ReleaseAsync(shard, cancellationToken);

    public IAsyncEnumerable<ShardId> ListAsync(
        string collection, string? name = null, CancellationToken cancellationToken = default) =>
        store.ListAsync(collection, name, cancellationToken);
}
