using VectorCluster.Coordinator.Requests;
using VectorCluster.Coordinator.Telemetry;
using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Telemetry;

namespace VectorCluster.Coordinator;

/// <summary>The database above its shards: resolves collections, fans out, merges. The same embedded and in a
/// cluster.</summary>
/// <remarks>Open for the embedded database, which is this with shards and stores of its own.</remarks>
public class DatabaseCoordinator : IVectorDatabase
{
    /// <summary>Shards asked at once for their state, so that a collection of many tenants does not flood the
    /// process.</summary>
    private const int DescribedAtOnce = 32;

    private readonly IShardDirectory _directory;
    private readonly TimeProvider _time;
    private readonly Catalogue.Catalogue _catalogue;
    private readonly Deletions _deletions;
    private readonly ShardCaller _shards;
    private readonly WritePath _writes;
    private readonly ReadPath _reads;
    private readonly SearchPath _searches;
    private readonly SemaphoreSlim _indexChanges = new(1, 1);

    /// <summary>Over a catalogue that this process alone changes.</summary>
    public DatabaseCoordinator(ICatalogueStore catalogue, IShardDirectory directory, TimeProvider time)
        : this(coordinator => new(catalogue, coordinator.FinishNamespaceDeletionAsync), directory, time)
    {
    }

    /// <summary>Over a catalogue that others of this process use too.</summary>
    public DatabaseCoordinator(Catalogue.Catalogue catalogue, IShardDirectory directory, TimeProvider time)
        : this(_ => catalogue, directory, time)
    {
    }

    private DatabaseCoordinator(
        Func<DatabaseCoordinator, Catalogue.Catalogue> catalogueOf, IShardDirectory directory, TimeProvider time)
    {
        EngineTelemetry.Publish();
        (_directory, _time) = (directory, time);
        _catalogue = catalogueOf(this);
        _deletions = new(_catalogue, directory, time);
        _shards = new(directory, time);
        _writes = new(_catalogue, _shards, time);
        _reads = new(_catalogue, _shards);
        _searches = new(_catalogue, _shards, _reads, time);
    }

    /// <summary>Whom to tell of searches that took long; null: nobody.</summary>
    public SlowSearches? SlowSearches
    {
        get => _searches.Slow;
        set => _searches.Slow = value;
    }

    /// <summary>Finishes deletions that a crash interrupted. To be called once, before anything else.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken = default)
    {
        foreach (var collection in await ListUnfinishedDeletionsAsync(cancellationToken))
            await FinishDeletionAsync(collection, cancellationToken);
    }

    /// <summary>Collections whose deletion has begun and not ended.</summary>
    public Task<IReadOnlyList<string>> ListUnfinishedDeletionsAsync(CancellationToken cancellationToken = default) =>
        _catalogue.ListUnfinishedDeletionsAsync(cancellationToken);

    /// <summary>Finishes the deletion of a collection, if one has begun and not ended.</summary>
    public Task FinishDeletionAsync(string collection, CancellationToken cancellationToken = default) =>
        _deletions.FinishCollectionAsync(collection, cancellationToken);

    /// <summary>As <see cref="FinishDeletionAsync"/>, for a namespace.</summary>
    public Task FinishNamespaceDeletionAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        _deletions.FinishNamespaceAsync(collection, name, cancellationToken);

    public async Task CreateCollectionAsync(
        string name, CollectionSettings settings, CancellationToken cancellationToken = default)
    {
        Check.CollectionName(name);
        Check.Settings(settings);
        if (!await _catalogue.TryCreateAsync(name, QuantizationChoice.Make(settings), cancellationToken))
            throw new AlreadyExistsException(ErrorCodes.CollectionExists, $"Collection `{name}` already exists!");
    }

    public async Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken = default)
    {
        Check.CollectionName(name);
        if (!await _catalogue.BeginDeleteAsync(name, cancellationToken)) return false;
        await _deletions.FinishCollectionAsync(name, cancellationToken);
        return true;
    }

    public async Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        Check.CollectionName(name);
        return await _catalogue.FindAsync(name, cancellationToken) is not null;
    }

    public Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken = default) =>
        _catalogue.ListAsync(cancellationToken);

    public async Task<CollectionInfo> GetCollectionAsync(string name, CancellationToken cancellationToken = default)
    {
        var settings = await _catalogue.GetAsync(name, cancellationToken);
        var namespaces = await _catalogue.ListNamespacesAsync(name, cancellationToken);
        var shards = namespaces.SelectMany(found => ShardsOf(name, found.Name, found.Map)).ToList();
        var (infos, failures) = await DescribeAsync(settings, shards, cancellationToken);
        var status = failures.Count > 0 ? CollectionStatus.Red
            : infos.Any(info => info.UnindexedVectorCount > 0) ? CollectionStatus.Yellow
            : CollectionStatus.Green;
        return new(
            name,
            settings,
            status,
            infos.Sum(info => info.PointCount),
            infos.Sum(info => info.VectorCount),
            infos.Sum(info => info.IndexedVectorCount),
            namespaces.Count,
            shards.Count,
            settings.PayloadIndexes.Keys.ToDictionary(
                path => path, path => infos.Sum(info => info.PayloadIndexPoints.GetValueOrDefault(path))),
            failures);
    }

    public async Task CreatePayloadIndexAsync(
        string collection, PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken = default)
    {
        Check.CollectionName(collection);
        Check.PayloadIndex(path, kind);
        await ChangeIndexesAsync(collection, indexes => indexes[path.Text] = kind, cancellationToken);
    }

    public async Task<bool> DeletePayloadIndexAsync(
        string collection, PayloadPath path, CancellationToken cancellationToken = default)
    {
        Check.CollectionName(collection);
        var existed = false;
        await ChangeIndexesAsync(collection, indexes => existed = indexes.Remove(path.Text), cancellationToken);
        return existed;
    }

    public async Task<IReadOnlyList<NamespaceInfo>> ListNamespacesAsync(
        string collection, CancellationToken cancellationToken = default)
    {
        var settings = await _catalogue.GetAsync(collection, cancellationToken);
        var infos = new List<NamespaceInfo>();
        foreach (var (name, map) in await _catalogue.ListNamespacesAsync(collection, cancellationToken))
        {
            var shards = ShardsOf(collection, name, map).ToList();
            var (described, _) = await DescribeAsync(settings, shards, cancellationToken);
            infos.Add(new(collection, name, shards.Count, described.Sum(info => info.PointCount)));
        }

        return infos;
    }

    public async Task<bool> DeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default)
    {
        Check.Namespace(name);
        await _catalogue.GetAsync(collection, cancellationToken);
        if (await _catalogue.BeginDeleteNamespaceAsync(collection, name, cancellationToken) is null) return false;
        await _deletions.FinishNamespaceAsync(collection, name, cancellationToken);
        return true;
    }

    public Task<WriteResult> UpsertAsync(UpsertRequest request, CancellationToken cancellationToken = default) =>
        _writes.UpsertAsync(request, cancellationToken);

    public Task<WriteResult> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken = default) =>
        _writes.DeleteAsync(request, cancellationToken);

    public Task<WriteResult> ChangePayloadAsync(
        PayloadRequest request, CancellationToken cancellationToken = default) =>
        _writes.ChangePayloadAsync(request, cancellationToken);

    public Task<IReadOnlyList<StoredPoint>> GetPointsAsync(
        GetPointsRequest request, CancellationToken cancellationToken = default) =>
        _reads.GetAsync(request, cancellationToken);

    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default) =>
        _reads.ScrollAsync(request, cancellationToken);

    public Task<long> CountAsync(CountRequest request, CancellationToken cancellationToken = default) =>
        _reads.CountAsync(request, cancellationToken);

    public Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default) =>
        _searches.SearchAsync(request, isAlone: true, cancellationToken);

    public async Task<IReadOnlyList<SearchResult>> SearchBatchAsync(
        IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default) =>
        await Task.WhenAll(requests.Select(
            request => _searches.SearchAsync(request, isAlone: requests.Count == 1, cancellationToken)));

    public Task<DatabaseStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(new DatabaseStatus(IsReady: true, [], _directory.Failures));

    private static IEnumerable<ShardId> ShardsOf(string collection, string name, Catalogue.ShardMap map) =>
        map.Ranges.Select(range => range.Shard).Distinct().Select(shard => new ShardId(collection, name, shard));

    private async Task<(IReadOnlyList<ShardInfo> Infos, IReadOnlyList<ShardFailure> Failures)> DescribeAsync(
        CollectionSettings settings, IReadOnlyList<ShardId> shards, CancellationToken cancellationToken)
    {
        var infos = new List<ShardInfo>();
        var failures = new List<ShardFailure>();
        foreach (var some in shards.Chunk(DescribedAtOnce))
        {
            using var expiry = new CancellationTokenSource(ReadPath.DefaultTimeout, _time);
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
            var running = some.Select(shard => _shards.CallAsync(
                shard, settings, (client, token) => client.DescribeAsync(token), deadline.Token)).ToList();
            await Task.WhenAll(running).ContinueWith(_ => { }, TaskScheduler.Default);
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < running.Count; i++)
            {
                if (!running[i].IsCompletedSuccessfully)
                {
                    var exception = running[i].Exception?.InnerException;
                    failures.Add(ShardCaller.FailureOf(some[i], exception, ReadPath.DefaultTimeout));
                    continue;
                }

                infos.Add(await running[i]);
                failures.AddRange(FailuresOf(some[i], infos[^1]));
            }
        }

        return (infos, failures);
    }

    /// <summary>Of its work in the background.</summary>
    private static IEnumerable<ShardFailure> FailuresOf(ShardId shard, ShardInfo info)
    {
        if (info.CheckpointFailure is { } unsaved) yield return new(shard, ErrorCodes.CheckpointFailed, unsaved);
        if (info.RepairFailure is { } unrepaired) yield return new(shard, ErrorCodes.RepairFailed, unrepaired);
    }

    private async Task ChangeIndexesAsync(
        string collection, Action<Dictionary<string, PayloadIndexKind>> change, CancellationToken cancellationToken)
    {
        await _indexChanges.WaitAsync(cancellationToken); // shards take settings up in the order of the catalogue
        try
        {
            await ChangeIndexesInTurnAsync(collection, change, cancellationToken);
        }
        finally
        {
            _indexChanges.Release();
        }
    }

    private async Task ChangeIndexesInTurnAsync(
        string collection, Action<Dictionary<string, PayloadIndexKind>> change, CancellationToken cancellationToken)
    {
        var settings = await _catalogue.UpdateAsync(
            collection,
            present =>
            {
                var indexes = new Dictionary<string, PayloadIndexKind>(present.PayloadIndexes, StringComparer.Ordinal);
                change(indexes);
                return present with { PayloadIndexes = indexes };
            },
            cancellationToken);

        await _directory.ApplySettingsAsync(collection, settings, cancellationToken);
    }
}
