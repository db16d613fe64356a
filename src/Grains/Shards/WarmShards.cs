using System.Collections.Concurrent;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using CollectionCatalogue = VectorCluster.Coordinator.Catalogue.Catalogue;

namespace VectorCluster.Grains.Shards;

/// <summary>Copies of shards that are about to move to this silo. Each waits for its shard for a while.</summary>
/// <remarks>They count against the budget of memory. Whoever deletes a shard tells all silos that its collection
/// changed, which drops the copies: of a shard that is made anew under the same name a copy knows nothing.</remarks>
internal sealed class WarmShards(
    IShardStore store,
    CollectionCatalogue catalogue,
    ShardOpenings openings,
    EngineThreads threads,
    TimeProvider time) : IDisposable
{
    /// <summary>Longer than calls run that the old silo waits for.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(2);

    /// <summary>What was called often is compiled anew in the background, a tenth of a second later at the
    /// soonest.</summary>
    private static readonly TimeSpan Recompilation = TimeSpan.FromMilliseconds(400);

    private readonly ConcurrentDictionary<ShardId, Kept> _copies = new();

    /// <summary>Kinds of vectors whose searches were rehearsed until the compiler was through with them.</summary>
    private readonly ConcurrentDictionary<(DistanceMetric, VectorQuantization), bool> _compiled = new();

    /// <summary>Loads a copy, once there is memory for it.</summary>
    /// <exception cref="ShardClosedException">The catalogue does not have the shard.</exception>
    /// <exception cref="OverloadedException">There is no room.</exception>
    public async Task LoadAsync(ShardId shard)
    {
        var settings = await catalogue.ReadSettingsOfAsync(shard, CancellationToken.None)
            ?? throw new ShardClosedException(shard);
        var kept = await openings.RunAsync(
            shard,
            async token => await store.ReadManifestAsync(shard, token) is { } found ? CheckpointSize.Of(found) : 0,
            (memory, _) => Task.Run(() => LoadAsync(shard, settings, memory)),
            CancellationToken.None);
        Drop(shard);
        if (!_copies.TryAdd(shard, kept)) kept.Dispose();
    }

    public bool Has(ShardId shard) => _copies.ContainsKey(shard);

    /// <summary>Gives a copy away, with the memory it holds; null: there is none.</summary>
    public (WarmShard Copy, MemoryClaim Memory)? TryTake(ShardId shard) =>
        _copies.TryRemove(shard, out var kept) ? (kept.Copy, kept.Memory) : null;

    public void Drop(string collection)
    {
        foreach (var shard in _copies.Keys)
            if (string.Equals(shard.Collection, collection, StringComparison.Ordinal)) Drop(shard);
    }

    /// <summary>Drops what nobody came for.</summary>
    public void DropOld()
    {
        foreach (var (shard, kept) in _copies)
            if (time.GetElapsedTime(kept.Since) > KeptFor) Drop(shard);
    }

    public void Dispose()
    {
        foreach (var shard in _copies.Keys) Drop(shard);
    }

    private async Task<Kept> LoadAsync(ShardId shard, CollectionSettings settings, MemoryClaim memory)
    {
        var copy = await WarmShard.LoadAsync(shard, settings, store);
        try
        {
            memory.Resize(copy.ResidentBytes);
            await RehearseAsync(copy, settings);
            if (!await copy.CatchUpAsync()) throw new StaleCopyException(shard);
            memory.Resize(copy.ResidentBytes);
            return new(copy, memory, time.GetTimestamp());
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Once for what of the copy itself is read for the first time; for the first copy of its kinds of vectors
    /// once more, as some methods are compiled a third time, by what the calls before tell.</summary>
    private async Task RehearseAsync(WarmShard copy, CollectionSettings settings)
    {
        var searches = await copy.RehearseAsync(threads);
        var kinds = settings.Vectors.Values.Select(vector => (vector.Metric, vector.Quantization));
        if (kinds.All(_compiled.ContainsKey)) return;
        await Task.Delay(Recompilation, TimeProvider.System);
        await copy.RehearseAsync(threads);
        await Task.Delay(Recompilation, TimeProvider.System);
        if (searches < WarmShard.FullRehearsal * settings.Vectors.Count) return; // too few points to tell
        foreach (var kind in kinds) _compiled[kind] = true;
    }

    private void Drop(ShardId shard)
    {
        if (_copies.TryRemove(shard, out var kept)) kept.Dispose();
    }

    private sealed record Kept(WarmShard Copy, MemoryClaim Memory, long Since) : IDisposable
    {
        public void Dispose()
        {
            Copy.Dispose();
            Memory.Dispose();
        }
    }
}
