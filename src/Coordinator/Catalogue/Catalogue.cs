using VectorCluster.Coordinator.Requests;
using VectorCluster.Engine.Catalogue;

namespace VectorCluster.Coordinator.Catalogue;

/// <summary>The collections and namespaces that exist, read through a cache.</summary>
/// <remarks>
/// <para>Whatever is not answered from the cache happens one at a time for a collection, so that the cache changes in
/// the order of the rows: no late reader can bring back what was deleted or replaced meanwhile. What a change replaces
/// leaves the cache before the row changes, so that the row is read again when the outcome is unknown. What does not
/// exist is never cached.</para>
/// <para>Where other processes change the rows too, two things keep the cache true. Whoever changed something has every
/// process forget the collection (<see cref="ForgetAsync"/>) before the change counts as done. And nothing is answered
/// from the cache for longer than a lease after it began to be read, so that a process which can't be told holds a
/// change up, and never makes it half done.</para>
/// <para>But reads of points (<see cref="GetForReadAsync"/>, <see cref="FindMapForReadAsync"/>) go on with what was
/// read last while the store does not answer this process: a database whose store is down shall answer reads. A
/// process that can be told forgets it all the same.</para>
/// </remarks>
public sealed class Catalogue
{
    /// <summary>Shard maps kept in memory; past that the cache starts anew, so that tenants without end do not fill
    /// it.</summary>
    private const int MaxCachedMaps = 50_000;

    /// <summary>Turns that the collections share by their names: enough that few ever wait for one another.</summary>
    private const int Turns = 64;

    /// <summary>Tries of an update that meets another one.</summary>
    private const int MaxUpdateTries = 10;

    private readonly ICatalogueStore _store;
    private readonly Func<string, string, CancellationToken, Task> _finishDeletion;
    private readonly LeasedCache<string, CollectionSettings> _collections;
    private readonly LeasedCache<(string Collection, string Name), ShardMap> _maps;
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Turns).Select(_ => new SemaphoreSlim(1, 1))];

    /// <param name="finishDeletion">Ends the deletion of a namespace that is written to again.</param>
    /// <param name="lease">How long what was read counts; null: for ever, since no other process changes it.</param>
    /// <param name="time">Measures the lease; null: the system's clock.</param>
    public Catalogue(
        ICatalogueStore store,
        Func<string, string, CancellationToken, Task> finishDeletion,
        TimeSpan? lease = null,
        TimeProvider? time = null)
    {
        _store = new GuardedCatalogueStore(store);
        _finishDeletion = finishDeletion;
        _collections = new(StringComparer.Ordinal, lease, time ?? TimeProvider.System);
        _maps = new(comparer: null, lease, time ?? TimeProvider.System);
    }

    /// <summary>Drops what the cache has of a collection: another process has changed it.</summary>
    /// <returns>Once nothing older than this call can be answered from the cache any more.</returns>
    public async Task ForgetAsync(string collection, CancellationToken cancellationToken)
    {
        Forget(); // at once: whoever has the turn may wait for a store that is away
        using var turn = await TakeTurnAsync(collection, cancellationToken);
        Forget();

        void Forget()
        {
            _collections.Remove(collection);
            RemoveMaps(collection);
        }
    }

    /// <summary><see cref="ShardSettings.ReadAsync"/>; takes no turn, since it does not touch the cache.</summary>
    public Task<CollectionSettings?> ReadSettingsOfAsync(ShardId shard, CancellationToken cancellationToken) =>
        ShardSettings.ReadAsync(_store, shard, cancellationToken);

    /// <exception cref="InvalidRequestException">The name can't be a collection's.</exception>
    /// <exception cref="NotFoundException">No such collection.</exception>
    public async ValueTask<CollectionSettings> GetAsync(string collection, CancellationToken cancellationToken)
    {
        Check.CollectionName(collection);
        return await FindAsync(collection, cancellationToken) ?? throw NotFoundException.Collection(collection);
    }

    /// <summary>As <see cref="GetAsync"/>, for reads.</summary>
    public async ValueTask<CollectionSettings> GetForReadAsync(string collection, CancellationToken cancellationToken)
    {
        Check.CollectionName(collection);
        return await _collections.GetOrLastAsync(collection, token => FindAsync(collection, token), cancellationToken)
            ?? throw NotFoundException.Collection(collection);
    }

    /// <returns>Null: no such collection.</returns>
    public async ValueTask<CollectionSettings?> FindAsync(string collection, CancellationToken cancellationToken)
    {
        if (_collections.TryGet(collection, out var cached)) return cached;
        using var turn = await TakeTurnAsync(collection, cancellationToken);
        if (_collections.TryGet(collection, out cached)) return cached; // read by whoever had the turn
        var readFrom = _collections.Now;
        if (await _store.ReadCollectionAsync(collection, cancellationToken) is { } row
            && CatalogueJson.ReadCollection(row.Value) is { IsDeleting: false } entry)
            return _collections.Set(collection, entry.Settings, readFrom);
        _collections.Remove(collection);
        return null;
    }

    /// <returns>Names in ordinal order.</returns>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var row in _store.ListCollectionsAsync(cancellationToken))
            if (!CatalogueJson.ReadCollection(row.Value).IsDeleting) names.Add(row.Name);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <returns>False: a collection of that name exists, or is still being deleted.</returns>
    public async Task<bool> TryCreateAsync(
        string collection, CollectionSettings settings, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(collection, cancellationToken);
        var row = CatalogueJson.Write(new CollectionEntry(settings));
        var writtenFrom = _collections.Now;
        if (!await _store.TryWriteCollectionAsync(collection, 0, row, cancellationToken)) return false;
        _collections.Set(collection, settings, writtenFrom);
        return true;
    }

    /// <exception cref="NotFoundException">No such collection.</exception>
    public async Task<CollectionSettings> UpdateAsync(
        string collection, Func<CollectionSettings, CollectionSettings> change, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(collection, cancellationToken);
        for (var attempt = 0; attempt < MaxUpdateTries; attempt++)
        {
            var row = await _store.ReadCollectionAsync(collection, cancellationToken)
                ?? throw NotFoundException.Collection(collection);
            var entry = CatalogueJson.ReadCollection(row.Value);
            if (entry.IsDeleting) throw NotFoundException.Collection(collection);
            var settings = change(entry.Settings);
            var value = CatalogueJson.Write(new CollectionEntry(settings));
            _collections.Remove(collection); // stays so if the outcome is unknown
            var writtenFrom = _collections.Now;
            if (!await _store.TryWriteCollectionAsync(collection, row.Version, value, cancellationToken)) continue;
            return _collections.Set(collection, settings, writtenFrom);
        }

        throw ChangedByOthers(collection);
    }

    /// <summary>Hides a collection; what is left is <see cref="DeleteAsync"/>'s, now or after a crash.</summary>
    /// <returns>False: there was none.</returns>
    public async Task<bool> BeginDeleteAsync(string collection, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(collection, cancellationToken);
        for (var attempt = 0; attempt < MaxUpdateTries; attempt++)
        {
            if (await _store.ReadCollectionAsync(collection, cancellationToken) is not { } row) return false;
            var value = CatalogueJson.Write(CatalogueJson.ReadCollection(row.Value) with { IsDeleting = true });
            _collections.Remove(collection);
            if (await _store.TryWriteCollectionAsync(collection, row.Version, value, cancellationToken)) return true;
        }

        throw ChangedByOthers(collection);
    }

    public async Task DeleteAsync(string collection, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(collection, cancellationToken);
        RemoveMaps(collection);
        await _store.DeleteCollectionAsync(collection, cancellationToken);
    }

    /// <returns>Null: no such namespace.</returns>
    public async ValueTask<ShardMap?> FindMapAsync(string collection, string name, CancellationToken cancellationToken)
    {
        if (_maps.TryGet((collection, name), out var cached)) return cached;
        using var turn = await TakeTurnAsync(collection, cancellationToken);
        if (_maps.TryGet((collection, name), out cached)) return cached;
        var readFrom = _maps.Now;
        if (await _store.ReadNamespaceAsync(collection, name, cancellationToken) is { } row
            && CatalogueJson.ReadNamespace(row.Value) is { IsDeleting: false } entry)
            return Remember(collection, name, entry.Map, readFrom);
        _maps.Remove((collection, name));
        return null;
    }

    /// <summary>As <see cref="FindMapAsync"/>, for reads.</summary>
    public ValueTask<ShardMap?> FindMapForReadAsync(
        string collection, string name, CancellationToken cancellationToken) =>
        _maps.GetOrLastAsync((collection, name), token => FindMapAsync(collection, name, token), cancellationToken);

    /// <summary>The map of a namespace, which comes into being if it is new.</summary>
    public async ValueTask<ShardMap> FindOrCreateMapAsync(
        string collection, string name, int shardCount, CancellationToken cancellationToken)
    {
        if (await FindMapAsync(collection, name, cancellationToken) is { } found) return found;
        if (await TryCreateMapAsync(collection, name, shardCount, cancellationToken) is { } created) return created;
        if (await FindMapAsync(collection, name, cancellationToken) is { } others) return others;
        await _finishDeletion(collection, name, cancellationToken); // a crash interrupted it, or it is under way
        return await TryCreateMapAsync(collection, name, shardCount, cancellationToken)
            ?? await FindMapAsync(collection, name, cancellationToken)
            ?? throw new OverloadedException($"Namespace '{name}' is being deleted.", TimeSpan.FromSeconds(1));
    }

    /// <returns>Names with their maps, in ordinal order.</returns>
    public async Task<IReadOnlyList<(string Name, ShardMap Map)>> ListNamespacesAsync(
        string collection, CancellationToken cancellationToken)
    {
        // All names first: a list under way keeps a connection of the store's, and reading a map takes another.
        var names = new List<string>();
        await foreach (var name in _store.ListNamespacesAsync(collection, cancellationToken)) names.Add(name);
        var found = new List<(string Name, ShardMap Map)>(names.Count);
        foreach (var name in names)
            if (await FindMapAsync(collection, name, cancellationToken) is { } map) found.Add((name, map));
        found.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return found;
    }

    /// <summary>As <see cref="BeginDeleteAsync"/>, for a namespace.</summary>
    /// <returns>Its map; null: there was none.</returns>
    public async Task<ShardMap?> BeginDeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(collection, cancellationToken);
        for (var attempt = 0; attempt < MaxUpdateTries; attempt++)
        {
            if (await _store.ReadNamespaceAsync(collection, name, cancellationToken) is not { } row) return null;
            var entry = CatalogueJson.ReadNamespace(row.Value) with { IsDeleting = true };
            var value = CatalogueJson.Write(entry);
            _maps.Remove((collection, name));
            if (await _store.TryWriteNamespaceAsync(collection, name, row.Version, value, cancellationToken))
                return entry.Map;
        }

        throw ChangedByOthers(collection);
    }

    public async Task DeleteNamespaceAsync(string collection, string name, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(collection, cancellationToken);
        _maps.Remove((collection, name));
        await _store.DeleteNamespaceAsync(collection, name, cancellationToken);
    }

    /// <summary>Whether a namespace's deletion has begun and not ended.</summary>
    public async Task<bool> IsNamespaceDeletingAsync(
        string collection, string name, CancellationToken cancellationToken) =>
        await _store.ReadNamespaceAsync(collection, name, cancellationToken) is { } row
        && CatalogueJson.ReadNamespace(row.Value).IsDeleting;

    /// <summary>Whether a collection's deletion has begun and not ended.</summary>
    public async Task<bool> IsDeletingAsync(string collection, CancellationToken cancellationToken) =>
        await _store.ReadCollectionAsync(collection, cancellationToken) is { } row
        && CatalogueJson.ReadCollection(row.Value).IsDeleting;

    /// <summary>Collections whose deletion a crash interrupted.</summary>
    public async Task<IReadOnlyList<string>> ListUnfinishedDeletionsAsync(CancellationToken cancellationToken)
    {
        var found = new List<string>();
        await foreach (var row in _store.ListCollectionsAsync(cancellationToken))
            if (CatalogueJson.ReadCollection(row.Value).IsDeleting) found.Add(row.Name);
        return found;
    }

    /// <returns>Null: the namespace has a row already.</returns>
    private async Task<ShardMap?> TryCreateMapAsync(
        string collection, string name, int shardCount, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(collection, cancellationToken);
        var map = ShardMap.Even(shardCount);
        var row = CatalogueJson.Write(new NamespaceEntry(map));
        var writtenFrom = _maps.Now;
        return await _store.TryWriteNamespaceAsync(collection, name, 0, row, cancellationToken)
            ? Remember(collection, name, map, writtenFrom)
            : null;
    }

    private static OverloadedException ChangedByOthers(string collection) =>
        new($"Collection `{collection}` is being changed by others.", TimeSpan.FromSeconds(1));

    private ShardMap Remember(string collection, string name, ShardMap map, long readFrom)
    {
        if (_maps.Count >= MaxCachedMaps) _maps.Clear();
        return _maps.Set((collection, name), map, readFrom);
    }

    private void RemoveMaps(string collection) =>
        _maps.RemoveWhere(key => string.Equals(key.Collection, collection, StringComparison.Ordinal));

    private async Task<Turn> TakeTurnAsync(string collection, CancellationToken cancellationToken)
    {
        var turn = _turns[(uint)collection.GetHashCode(StringComparison.Ordinal) % Turns];
        await turn.WaitAsync(cancellationToken);
        return new(turn);
    }

    private readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
