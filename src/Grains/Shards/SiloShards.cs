using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using CollectionCatalogue = VectorCluster.Coordinator.Catalogue.Catalogue;

namespace VectorCluster.Grains.Shards;

/// <summary>The shards that are open on this silo, within its budget of memory, and what opening one takes.</summary>
public sealed class SiloShards : IDisposable
{
    /// <summary>Larger than most shards: while so much is left for each opening, sizes need not be asked for.</summary>
    private const long UnknownBytes = 64L * 1024 * 1024;

    /// <summary>How long a shard that is to move makes no checkpoint: long enough to load it elsewhere.</summary>
    private static readonly TimeSpan HoldCheckpoints = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private static readonly DeactivationReason MemoryWanted =
        new(DeactivationReasonCode.ApplicationRequested, "Its memory is wanted by other shards.");

    private readonly ConcurrentDictionary<ShardId, OpenShard> _open = new();
    private readonly ConcurrentDictionary<ShardId, StoreCorruptedException> _damaged = new();
    private readonly IShardStore _store;
    private readonly CollectionCatalogue _catalogue;
    private readonly EngineThreads _threads;
    private readonly ShardOptions _options;
    private readonly VectorClusterOptions _limits;
    private readonly TimeProvider _time;
    private readonly MemoryBudget _budget;
    private readonly ShardOpenings _openings;
    private readonly WarmShards _copies;
    private readonly OwnershipChecks _checks;
    private long _largestBytes = UnknownBytes;

    public SiloShards(
        IShardStore store,
        CollectionCatalogue catalogue,
        EngineThreads threads,
        ShardOptions options,
        VectorClusterOptions limits,
        TimeProvider time)
    {
        (_store, _catalogue, _threads, _options, _limits, _time) = (store, catalogue, threads, options, limits, time);
        _budget = new(limits.BudgetBytes, TryCloseOneIdle);
        _openings = new(limits, _budget, time);
        _copies = new(store, catalogue, _openings, threads, time);
        _checks = new(store, time);
    }

    /// <summary>Shards that this silo found damaged.</summary>
    public IReadOnlyList<ShardFailure> Failures =>
    [
        .. _damaged.Values.Select(damage => new ShardFailure(damage.Shard, ErrorCodes.ShardCorrupted, damage.Message)),
    ];

    public int Count => _open.Count;

    /// <summary>Held by open shards and by those that are being loaded.</summary>
    public long ResidentBytes => _budget.HeldBytes;

    public long BudgetBytes => _budget.BudgetBytes;

    internal IEnumerable<OpenShard> Open => _open.Select(entry => entry.Value);

    internal OpenShard? Find(ShardId id) => _open.GetValueOrDefault(id);

    /// <summary>Takes ownership of a shard and loads it, if the catalogue has it, once there is memory for
    /// it.</summary>
    /// <param name="grain">The activation that has it.</param>
    /// <param name="cancellationToken">Ends the waiting for memory; an opening that has begun goes on.</param>
    /// <exception cref="ShardMismatchException">It has not: the caller's catalogue is old.</exception>
    /// <exception cref="ShardClosedException">A newer owner came meanwhile.</exception>
    /// <exception cref="OverloadedException">There is no room.</exception>
    /// <exception cref="StoreCorruptedException">What is stored is damaged.</exception>
    internal Task<OpenShard> OpenAsync(ShardId id, IGrainContext grain, CancellationToken cancellationToken) =>
        _openings.RunAsync(
            id,
            token => ExpectBytesAsync(id, token),
            (memory, leave) => OpenAsync(id, grain, memory, leave),
            cancellationToken);

    /// <summary>Makes room for what an operation is going to add, by closing idle shards.</summary>
    /// <exception cref="OverloadedException">There are none; nothing was done.</exception>
    internal async ValueTask MakeRoomAsync(
        OpenShard open, ShardOperation operation, CancellationToken cancellationToken)
    {
        if (operation is DeletePoints) return;
        if (await _budget.MakeRoomAsync(OperationSize.Of(operation), cancellationToken)) return;
        throw new OverloadedException(
            $"Shard {open.Id} can't grow: shards that are in use take {ResidentBytes} bytes of the {BudgetBytes} of "
            + $"{nameof(VectorClusterOptions.MemoryBudgetBytes)}. Delete points, or add a silo.",
            RetryAfter);
    }

    /// <summary>Calls a shard, which is not idle meanwhile.</summary>
    /// <exception cref="ShardClosedException">It has ended; nothing was done.</exception>
    internal async Task<T> UseAsync<T>(OpenShard open, Func<OpenShard, Task<T>> call)
    {
        open.Enter();
        try
        {
            if (open.Shard.Ended.IsCompleted) throw new ShardClosedException(open.Id);
            return await call(open);
        }
        finally
        {
            open.Leave();
            if (open.IsIdle) _budget.NoteIdle();
        }
    }

    /// <summary>Checkpoints what changed and frees the memory.</summary>
    /// <param name="isToBeDeleted">There is nothing to save.</param>
    internal async Task CloseAsync(OpenShard open, bool isToBeDeleted = false)
    {
        open.Memory.TryNoteClosing();
        try
        {
            // Whoever loads a copy of it has all that a checkpoint would save.
            if (isToBeDeleted || open.Hold is { Left.Ticks: > 0 })
                await open.Shard.CloseWithoutCheckpointAsync();
            else await open.Shard.DisposeAsync();
        }
        finally
        {
            _open.TryRemove(new(open.Id, open));
            open.Memory.Dispose();
        }
    }

    /// <summary>Looks how large the shards are, and how much they are used. For one caller at a time.</summary>
    internal void Measure()
    {
        foreach (var open in Open)
        {
            open.MeasureRate();
            MeasureSize(open);

            // Orleans collects activations that it sees no calls of.
            if (open.TakePassing()) open.Grain.GrainReference.AsReference<IShardGrain>().PingAsync(default).Ignore();
        }

        _copies.DropOld();
    }

    internal void MeasureSize(OpenShard open)
    {
        open.MeasureSize();
        if (open.Memory.Bytes > Volatile.Read(ref _largestBytes))
            Interlocked.Exchange(ref _largestBytes, open.Memory.Bytes);
    }

    /// <summary>Makes a shard that is to leave this silo fit for being loaded elsewhere, while it serves.</summary>
    internal async Task PrepareMoveAsync(ShardId id)
    {
        if (Find(id) is not { } open) return;
        open.Hold = await open.Shard.PrepareMoveAsync(HoldCheckpoints);
    }

    /// <summary>The shard stays here after all.</summary>
    internal void CallMoveOff(ShardId id)
    {
        if (Find(id) is not { } open) return;
        open.IsLeaving = false;
        open.Hold?.Dispose();
    }

    /// <summary>Loads a shard that is to come to this silo, while another one serves it.</summary>
    internal Task WarmAsync(ShardId id) => _copies.LoadAsync(id);

    /// <summary>Deletes all that is stored of a shard, which is not open here.</summary>
    /// <returns>How long another silo may still answer reads of it.</returns>
    public async Task<TimeSpan> DeleteAsync(ShardId id, CancellationToken cancellationToken)
    {
        var isHeld = await _store.DeleteAsync(id, cancellationToken);
        _damaged.TryRemove(id, out _);
        return isHeld ? _options.ReadLease : TimeSpan.Zero;
    }

    public IAsyncEnumerable<ShardId> ListAsync(string collection, string? name, CancellationToken cancellationToken) =>
        _store.ListAsync(collection, name, cancellationToken);

    /// <summary>Makes the open shards of a collection take up what the catalogue says.</summary>
    public Task ApplySettingsAsync(string collection, CancellationToken cancellationToken)
    {
        _copies.Drop(collection); // it may have been deleted, and made anew
        return Task.WhenAll(Open
            .Where(open => string.Equals(open.Id.Collection, collection, StringComparison.Ordinal))
            .Select(open => ApplySettingsAsync(open, cancellationToken)));
    }

    public void Dispose() => _copies.Dispose();

    private async Task<long> ExpectBytesAsync(ShardId id, CancellationToken cancellationToken)
    {
        if (_copies.Has(id)) return 0; // the copy has the memory that the shard is going to have

        // Asking costs a round trip, and is for nothing where any few shards fit.
        var left = BudgetBytes - ResidentBytes;
        if (left / Volatile.Read(ref _largestBytes) > _limits.OpeningsAtOnce) return 0;
        try
        {
            return await _store.ReadManifestAsync(id, cancellationToken) is { } manifest
                ? CheckpointSize.Of(manifest)
                : 0;
        }
        catch (StoreCorruptedException)
        {
            return 0; // opening the shard says what is damaged
        }
    }

    /// <param name="leave">Gives the place among the openings back.</param>
    private async Task<OpenShard> OpenAsync(ShardId id, IGrainContext grain, MemoryClaim memory, Action leave)
    {
        var settings = await _catalogue.ReadSettingsOfAsync(id, CancellationToken.None)
            ?? throw new ShardMismatchException(id);
        try
        {
            var shard = await LoadAsync(id, settings, bytes =>
            {
                memory.Resize(bytes);
                leave(); // it may have to wait for a lease, which must not hold up other shards
            });
            var open = new OpenShard(shard, settings, grain, memory, _time);
            _open[id] = open;
            _damaged.TryRemove(id, out _);
            MeasureSize(open);
            await CatchUpAsync(open);
            return open;
        }
        catch (StoreCorruptedException damage)
        {
            _damaged[id] = damage;
            throw;
        }
    }

    /// <summary>Makes the copy that a move has left the shard, if there is one.</summary>
    private async Task<Shard> LoadAsync(ShardId id, CollectionSettings settings, Action<long> loaded)
    {
        var kept = _copies.TryTake(id);
        try
        {
            return await Task.Run(() => Shard.OpenAsync(
                id, settings, _store, _threads, _options, _time, _checks, kept?.Copy, loaded));
        }
        finally
        {
            kept?.Memory.Dispose(); // the shard has a claim of its own
        }
    }

    /// <summary>What changed in the catalogue before the shard was listed here, its deletion too, is there by
    /// now.</summary>
    private async Task CatchUpAsync(OpenShard open)
    {
        try
        {
            // A shard that was made too late stays behind empty: another silo may own it already, so it is not deleted.
            if (open.Shard.Epoch == Epoch.First
                && await _catalogue.ReadSettingsOfAsync(open.Id, CancellationToken.None) is null)
                throw new ShardMismatchException(open.Id);
            await ApplySettingsAsync(open, CancellationToken.None);
        }
        catch
        {
            await CloseAsync(open);
            throw;
        }
    }

    private async Task ApplySettingsAsync(OpenShard open, CancellationToken cancellationToken)
    {
        if (await _catalogue.FindAsync(open.Id.Collection, cancellationToken) is not { } settings) return;
        var present = open.Settings;
        if (HasSameIndexes(present, settings)) return;
        try
        {
            await open.Shard.ApplySettingsAsync(settings, cancellationToken);
            open.SetSettings(settings, present);
        }
        catch (ShardClosedException)
        {
            // It takes them up when it is next opened.
        }
    }

    /// <summary>Begins to close the shard that was not used for the longest time.</summary>
    private bool TryCloseOneIdle()
    {
        var victim = Open.Where(open => open is { IsIdle: true, IsMoving: false } && !open.Memory.IsClosing)
            .MinBy(open => open.UsedAt);
        if (victim is null || !victim.Memory.TryNoteClosing()) return false;
        victim.Grain.Deactivate(MemoryWanted);
        return true;
    }

    private static bool HasSameIndexes(CollectionSettings a, CollectionSettings b) =>
        a.PayloadIndexes.Count == b.PayloadIndexes.Count && !a.PayloadIndexes.Except(b.PayloadIndexes).Any();
}
