using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Cluster.Tests.Failures;

/// <summary>A store in which the shards with one index are damaged.</summary>
internal sealed class DamagedStore(IShardStore store, int damaged) : IShardStore
{
    public const string Where = "page 7";

    public ValueTask<ShardOwnership> AcquireAsync(ShardId shard, CancellationToken cancellationToken = default) =>
        shard.Index == damaged
            ? throw new StoreCorruptedException(shard, Where, "its checksum is wrong")
            : store.AcquireAsync(shard, cancellationToken);

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

    public ValueTask DeleteAsync(ShardId shard, CancellationToken cancellationToken = default) =>
        store.DeleteAsync(shard, cancellationToken);

    public IAsyncEnumerable<ShardId> ListAsync(
        string collection, string? name = null, CancellationToken cancellationToken = default) =>
        store.ListAsync(collection, name, cancellationToken);
}
