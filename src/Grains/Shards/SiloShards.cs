using System.Collections.Concurrent;
using VectorCluster.Engine.Shards;
using CollectionCatalogue = VectorCluster.Coordinator.Catalogue.Catalogue;

namespace VectorCluster.Grains.Shards;

/// <summary>The shards that are open on this silo, and what opening one takes.</summary>
public sealed class SiloShards(
    IShardStore store, CollectionCatalogue catalogue, EngineThreads threads, ShardOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<Shard, CollectionSettings> _open = new();
    private readonly ConcurrentDictionary<ShardId, StoreCorruptedException> _damaged = new();

    /// <summary>Shards that this silo found damaged.</summary>
    public IReadOnlyList<ShardFailure> Failures =>
    [
        .. _damaged.Values.Select(damage => new ShardFailure(damage.Shard, ErrorCodes.ShardCorrupted, damage.Message)),
    ];

    /// <summary>Takes ownership of a shard and loads it, if the catalogue has it.</summary>
    /// <exception cref="ShardClosedException">It has not: the caller's catalogue is old. Or a newer owner came
    /// meanwhile.</exception>
    /// <exception cref="StoreCorruptedException">What is stored is damaged.</exception>
    public async Task<Shard> OpenAsync(ShardId id, CancellationToken cancellationToken)
    {
        var settings = await catalogue.ReadSettingsOfAsync(id, cancellationToken) ?? throw new ShardClosedException(id);
        try
        {
            var shard = await Task.Run(
                () => Shard.OpenAsync(
                    id, settings, store, threads, options, time, cancellationToken: cancellationToken),
                cancellationToken);
            _open[shard] = settings;
            _damaged.TryRemove(id, out _);
            await CatchUpAsync(shard, cancellationToken);
            return shard;
        }
        catch (StoreCorruptedException damage)
        {
            _damaged[id] = damage;
            throw;
        }
    }

    /// <summary>What the shard was opened with, or took up since.</summary>
    public CollectionSettings SettingsOf(Shard shard) =>
        _open.TryGetValue(shard, out var settings) ? settings : throw new ShardClosedException(shard.Id);

    /// <summary>Checkpoints what changed and frees the memory.</summary>
    public async Task CloseAsync(Shard shard)
    {
        _open.TryRemove(shard, out _);
        await shard.DisposeAsync();
    }

    /// <summary>Deletes all that is stored of a shard, which is not open here.</summary>
    public async Task DeleteAsync(ShardId id, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(id, cancellationToken);
        _damaged.TryRemove(id, out _);
    }

    public IAsyncEnumerable<ShardId> ListAsync(string collection, string? name, CancellationToken cancellationToken) =>
        store.ListAsync(collection, name, cancellationToken);

    /// <summary>Makes the open shards of a collection take up what the catalogue says.</summary>
    public Task ApplySettingsAsync(string collection, CancellationToken cancellationToken) => Task.WhenAll(
        _open.Keys
            .Where(shard => string.Equals(shard.Id.Collection, collection, StringComparison.Ordinal))
            .Select(shard => ApplySettingsAsync(shard, cancellationToken)));

    /// <summary>What changed in the catalogue before the shard was listed here, its deletion too, is there by
    /// now.</summary>
    private async Task CatchUpAsync(Shard shard, CancellationToken cancellationToken)
    {
        try
        {
            // A shard that was made too late stays behind empty: another silo may own it already, so it is not deleted.
            if (shard.Epoch == Epoch.First && await catalogue.ReadSettingsOfAsync(shard.Id, cancellationToken) is null)
                throw new ShardClosedException(shard.Id);
            await ApplySettingsAsync(shard, cancellationToken);
        }
        catch
        {
            await CloseAsync(shard);
            throw;
        }
    }

    private async Task ApplySettingsAsync(Shard shard, CancellationToken cancellationToken)
    {
        if (await catalogue.FindAsync(shard.Id.Collection, cancellationToken) is not { } settings) return;
        if (!_open.TryGetValue(shard, out var present) || HasSameIndexes(present, settings)) return;
        try
        {
            await shard.ApplySettingsAsync(settings, cancellationToken);
            _open.TryUpdate(shard, settings, present);
        }
        catch (ShardClosedException)
        {
            // It takes them up when it is next opened.
        }
    }

    private static bool HasSameIndexes(CollectionSettings a, CollectionSettings b) =>
        a.PayloadIndexes.Count == b.PayloadIndexes.Count && !a.PayloadIndexes.Except(b.PayloadIndexes).Any();
}
