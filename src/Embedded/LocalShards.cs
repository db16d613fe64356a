using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using VectorCluster.Coordinator;
using VectorCluster.Coordinator.Catalogue;
using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Embedded;

/// <summary>The shards of one process: opened at their first use, closed when nobody used them for a while.</summary>
/// <remarks>One damaged shard stays one damaged shard: its failure is remembered and told, everything else
/// serves.</remarks>
internal sealed class LocalShards : IShardDirectory, IAsyncDisposable
{
    private readonly IShardStore _store;
    private readonly EngineThreads _threads;
    private readonly VectorDatabaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<ShardId, Entry> _entries = new();
    private readonly ConcurrentDictionary<ShardId, StoreCorruptedException> _damaged = new();
    private readonly ConcurrentDictionary<ShardId, ShardFailure> _closeFailures = new();
    private readonly ITimer _sweep;
    private readonly ICatalogueStore? _catalogue;
    private bool _isClosed;

    /// <param name="catalogue">Where shards that are opened for the first time must stand; null: nowhere.</param>
    public LocalShards(
        IShardStore store,
        EngineThreads threads,
        VectorDatabaseOptions options,
        TimeProvider time,
        ICatalogueStore? catalogue = null)
    {
        (_store, _threads, _options, _time, _catalogue) = (store, threads, options, time, catalogue);
        _sweep = time.CreateTimer(_ => _ = CloseIdleAsync(), null, options.IdleAfter / 2, options.IdleAfter / 2);
    }

    public IReadOnlyList<ShardFailure> Failures =>
    [
        .. _damaged.Values.Select(damage => new ShardFailure(damage.Shard, ErrorCodes.ShardCorrupted, damage.Message)),
        .. _closeFailures.Values,
    ];

    public async ValueTask<IShardClient> ResolveAsync(
        ShardId shard, CollectionSettings settings, CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_damaged.TryGetValue(shard, out var damage)) throw damage;
            var entry = _entries.GetOrAdd(shard, static _ => new());
            if (!entry.TryGetOrStart(() => OpenAsync(shard, settings), out var opening))
            {
                await RemoveAsync(shard, entry); // it was being closed; the next turn opens it anew
                continue;
            }

            entry.LastUsed = _time.GetTimestamp();
            try
            {
                var opened = await opening.WaitAsync(cancellationToken);
                _closeFailures.TryRemove(shard, out _);
                if (!opened.Ended.IsCompleted) return opened;
            }
            catch (Exception exception) when (opening.IsCompleted && !opening.IsCompletedSuccessfully)
            {
                _entries.TryRemove(new(shard, entry));
                if (exception is StoreCorruptedException corrupted) _damaged[shard] = corrupted;
                throw;
            }

            await RemoveAsync(shard, entry); // its store failed or deposed it
        }
    }

    /// <param name="collection">Only those of that collection; null: all.</param>
    internal IReadOnlyList<Shard> Loaded(string? collection) =>
    [
        .. _entries
            .Where(entry => collection is null
                || string.Equals(entry.Key.Collection, collection, StringComparison.Ordinal))
            .Select(entry => entry.Value.Opened)
            .OfType<Shard>(),
    ];

    public Task ApplySettingsAsync(
        string collection, CollectionSettings settings, CancellationToken cancellationToken) =>
        Task.WhenAll(Loaded(collection).Select(shard => shard.ApplySettingsAsync(settings, cancellationToken)));

    public async Task<TimeSpan> DeleteAsync(ShardId shard, CancellationToken cancellationToken)
    {
        while (true)
        {
            var isHeld = false;
            var entry = _entries.GetOrAdd(shard, static _ => new());
            if (entry.TryClose(
                async () => isHeld = await _store.DeleteAsync(shard, cancellationToken), out var deleting))
            {
                try
                {
                    await deleting;
                }
                finally
                {
                    _entries.TryRemove(new(shard, entry));
                }

                _damaged.TryRemove(shard, out _);
                return isHeld ? _options.Shards.ReadLease : TimeSpan.Zero;
            }

            await RemoveAsync(shard, entry); // it is being closed already
        }
    }

    public IAsyncEnumerable<ShardId> ListAsync(string collection, string? name, CancellationToken cancellationToken) =>
        _store.ListAsync(collection, name, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await _sweep.DisposeAsync();
        await Task.WhenAll(_entries.Select(entry => RemoveAsync(entry.Key, entry.Value)));
    }

    private async Task<Shard> OpenAsync(ShardId shard, CollectionSettings settings)
    {
        var opened = await Task.Run(
            () => Shard.OpenAsync(shard, settings, _store, _threads, _options.Shards, _time));
        if (_catalogue is null || opened.Epoch != Epoch.First) return opened;
        try
        {
            if (await ShardSettings.ReadAsync(_catalogue, shard, CancellationToken.None) is not null) return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }

        // This opening has just made it, from a shard map that is no longer true.
        await opened.DisposeAsync();
        await _store.DeleteAsync(shard, CancellationToken.None);
        throw new ShardMismatchException(shard);
    }

    /// <summary>Closes a shard. One that can't be closed cleanly is let go all the same: its store is the
    /// truth.</summary>
    private async Task RemoveAsync(ShardId shard, Entry entry)
    {
        try
        {
            await entry.CloseAsync();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _closeFailures[shard] = new(shard, ErrorCodes.ShardUnavailable, $"Closing it failed: {exception.Message}");
        }
        finally
        {
            _entries.TryRemove(new(shard, entry));
        }
    }

    private async Task CloseIdleAsync()
    {
        foreach (var (shard, entry) in _entries)
            if (_time.GetElapsedTime(entry.LastUsed) > _options.IdleAfter) await RemoveAsync(shard, entry);
    }

    /// <summary>A shard that is being opened, open, or being closed. Once closed, an entry is not used again.</summary>
    private sealed class Entry
    {
        private readonly Lock _gate = new();
        private Task<Shard>? _opening;
        private Task? _closing;

        public long LastUsed { get; set; } = long.MaxValue;

        public Shard? Opened => _opening is { IsCompletedSuccessfully: true } opening ? opening.Result : null;

        /// <returns>False: the entry is closed.</returns>
        public bool TryGetOrStart(Func<Task<Shard>> open, [NotNullWhen(true)] out Task<Shard>? opening)
        {
            lock (_gate)
            {
                opening = _closing is null ? _opening ??= open() : null;
                return opening is not null;
            }
        }

        public Task CloseAsync()
        {
            lock (_gate)
            {
                return _closing ??= CloseOpenedAsync(_opening);
            }
        }

        /// <summary>Closes the shard, then deletes it: until both are done nobody opens it anew, who would serve what
        /// is gone.</summary>
        /// <returns>False: it is being closed already.</returns>
        public bool TryClose(Func<Task> delete, [NotNullWhen(true)] out Task? deleting)
        {
            lock (_gate)
            {
                deleting = _closing is null ? _closing = CloseAndDeleteAsync(_opening, delete) : null;
                return deleting is not null;
            }
        }

        private static async Task CloseAndDeleteAsync(Task<Shard>? opening, Func<Task> delete)
        {
            await Task.Yield(); // not under the gate
            await CloseOpenedAsync(opening, isToBeDeleted: true).ContinueWith(_ => { }, TaskScheduler.Default);
            await delete();
        }

        private static async Task CloseOpenedAsync(Task<Shard>? opening, bool isToBeDeleted = false)
        {
            if (opening is null) return;
            await opening.ContinueWith(_ => { }, TaskScheduler.Default);
            if (!opening.IsCompletedSuccessfully) return;
            if (isToBeDeleted) await opening.Result.CloseWithoutCheckpointAsync();
            else await opening.Result.DisposeAsync();
        }
    }
}
