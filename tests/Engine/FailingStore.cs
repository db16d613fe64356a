using System.Runtime.CompilerServices;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Tests;

/// <summary>A store before a real one, whose calls fail or wait on demand, with and without their effect.</summary>
internal sealed class FailingStore : IShardStore
{
    public IShardStore Store { get; set; } = null!; // set before the shard opens

    /// <summary>What becomes of a call, by its name without "Async".</summary>
    public Func<string, Fault> Decide { get; set; } = _ => Fault.None;

    /// <summary>Awaited before a call for a shard reaches the store; gets the call's name, as
    /// <see cref="Decide"/>.</summary>
    public Func<string, ShardId, CancellationToken, Task> Before { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Whether acquiring, or deleting, tells that the owner before is still held, which files never
    /// do.</summary>
    public bool IsPreviousHeld { get; set; }

    /// <summary>Names of the calls so far.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_calls) return [.. _calls];
        }
    }

    private readonly List<string> _calls = [];

    /// <summary>From now on no call reaches the store.</summary>
    public void Leave() => Decide = _ => Fault.Before;

    public void Return() => Decide = _ => Fault.None;

    public ValueTask<ShardOwnership> AcquireAsync(ShardId shard, CancellationToken cancellationToken = default) =>
        CallAsync(
            shard,
            async () =>
            {
                var owned = await Store.AcquireAsync(shard, cancellationToken);
                return IsPreviousHeld ? owned with { IsPreviousHeld = true } : owned;
            },
            cancellationToken);

    public ValueTask<ShardOwnership?> RenewAsync(
        ShardId shard, Epoch epoch, CancellationToken cancellationToken = default) =>
        CallAsync(shard, () => Store.RenewAsync(shard, epoch, cancellationToken), cancellationToken);

    public ValueTask<StoreStatus> AppendAsync(
        ShardId shard,
        Epoch epoch,
        Lsn first,
        IReadOnlyList<ReadOnlyMemory<byte>> records,
        CancellationToken cancellationToken = default) =>
        CallAsync(shard, () => Store.AppendAsync(shard, epoch, first, records, cancellationToken), cancellationToken);

    public async IAsyncEnumerable<WalRecord> ReadAsync(
        ShardId shard,
        Lsn from,
        Epoch? owner = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var fault = await BeginAsync(nameof(ReadAsync), shard, cancellationToken);
        await foreach (var record in Store.ReadAsync(shard, from, owner, cancellationToken))
        {
            if (fault == Fault.Silent) yield break;
            yield return record;
            if (fault == Fault.After) throw new IOException("the store fails in the middle of a read, for the test");
        }
    }

    public ValueTask<StoreStatus> WriteCheckpointAsync(
        ShardId shard,
        Epoch epoch,
        CheckpointManifest manifest,
        IAsyncEnumerable<CheckpointPage> pages,
        CancellationToken cancellationToken = default) =>
        CallAsync(
            shard,
            () => Store.WriteCheckpointAsync(shard, epoch, manifest, pages, cancellationToken),
            cancellationToken);

    public ValueTask<CheckpointManifest?> ReadManifestAsync(
        ShardId shard, CancellationToken cancellationToken = default) =>
        CallAsync(shard, () => Store.ReadManifestAsync(shard, cancellationToken), cancellationToken);

    public async ValueTask ReadPagesAsync(
        ShardId shard,
        Func<PageKey, int, Memory<byte>> destination,
        Epoch? owner = null,
        CancellationToken cancellationToken = default)
    {
        await BeginAsync(nameof(ReadPagesAsync), shard, cancellationToken);
        await Store.ReadPagesAsync(shard, destination, owner, cancellationToken);
    }

    public ValueTask<StoreStatus> TrimAsync(
        ShardId shard, Epoch epoch, Lsn upTo, CancellationToken cancellationToken = default) =>
        CallAsync(shard, () => Store.TrimAsync(shard, epoch, upTo, cancellationToken), cancellationToken);

    public async ValueTask ReleaseAsync(ShardId shard, Epoch epoch, CancellationToken cancellationToken = default)
    {
        await BeginAsync(nameof(ReleaseAsync), shard, cancellationToken);
        await Store.ReleaseAsync(shard, epoch, cancellationToken);
    }

    public ValueTask<IReadOnlyList<bool>> AreCurrentAsync(
        IReadOnlyList<(ShardId Shard, Epoch Epoch)> owners, CancellationToken cancellationToken = default) =>
        CallAsync(owners[0].Shard, () => Store.AreCurrentAsync(owners, cancellationToken), cancellationToken);

    public async ValueTask<bool> DeleteAsync(ShardId shard, CancellationToken cancellationToken = default)
    {
        await BeginAsync(nameof(DeleteAsync), shard, cancellationToken);
        return await Store.DeleteAsync(shard, cancellationToken) || IsPreviousHeld;
    }

    public IAsyncEnumerable<ShardId> ListAsync(
        string collection, string? name = null, CancellationToken cancellationToken = default) =>
        Store.ListAsync(collection, name, cancellationToken);

    private async ValueTask<T> CallAsync<T>(
        ShardId shard,
        Func<ValueTask<T>> call,
        CancellationToken cancellationToken,
        [CallerMemberName] string name = "")
    {
        var fault = await BeginAsync(name, shard, cancellationToken);
        var result = await call();
        if (fault == Fault.After) throw new IOException($"{name} fails after its effect, for the test");
        return result;
    }

    private async Task<Fault> BeginAsync(string member, ShardId shard, CancellationToken cancellationToken)
    {
        var name = member[..^"Async".Length];
        lock (_calls) _calls.Add(name);
        await Before(name, shard, cancellationToken);
        var fault = Decide(name);
        return fault == Fault.Before
            ? throw new IOException($"{name} fails without effect, for the test")
            : fault;
    }
}

internal enum Fault
{
    None,

    /// <summary>The call throws and has no effect.</summary>
    Before,

    /// <summary>The call throws and has its effect; a read throws after a record.</summary>
    After,

    /// <summary>A read ends before the first record, as if the log had a gap.</summary>
    Silent,
}
