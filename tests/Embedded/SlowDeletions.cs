using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Embedded.Tests;

/// <summary>A store whose deletions wait until they are told to go on.</summary>
internal sealed class SlowDeletions(IShardStore store) : IShardStore
{
    /// <summary>Done once a deletion waits.</summary>
    public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask DeleteAsync(ShardId shard, CancellationToken cancellationToken = default)
    {
        Begun.TrySetResult();
        await Go.Task;
        await store.DeleteAsync(shard, cancellationToken);
    }

    public ValueTask<ShardOwnership> AcquireAsync(ShardId shard, CancellationToken cancellationToken = default) =>
        store.AcquireAsync(shard, cancellationToken);

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
