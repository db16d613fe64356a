using Orleans;
using VectorCluster.Client;
using VectorCluster.Coordinator;
using VectorCluster.Grains.Catalogue;
using VectorCluster.Grains.Loads;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Grains;

/// <summary>The database as a silo serves it: reads and writes go through its own coordinator, changes of a collection
/// through that collection's grain.</summary>
public sealed class ClusterDatabase(
    DatabaseCoordinator coordinator, IGrainFactory grains, SiloLoads loads, SiloShards shards) : IVectorDatabase
{
    public Task CreateCollectionAsync(
        string name, CollectionSettings settings, CancellationToken cancellationToken = default) =>
        ChangeAsync(name, async collection =>
        {
            await collection.CreateAsync(settings, cancellationToken);
            return true;
        }, cancellationToken);

    public Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(name, collection => collection.DeleteAsync(cancellationToken), cancellationToken);

    public Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default) =>
        coordinator.CollectionExistsAsync(name, cancellationToken);

    public Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken = default) =>
        coordinator.ListCollectionsAsync(cancellationToken);

    public Task<CollectionInfo> GetCollectionAsync(string name, CancellationToken cancellationToken = default) =>
        coordinator.GetCollectionAsync(name, cancellationToken);

    public Task CreatePayloadIndexAsync(
        string collection, PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken = default) =>
        ChangeAsync(collection, async changed =>
        {
            await changed.CreatePayloadIndexAsync(path, kind, cancellationToken);
            return true;
        }, cancellationToken);

    public Task<bool> DeletePayloadIndexAsync(
        string collection, PayloadPath path, CancellationToken cancellationToken = default) =>
        ChangeAsync(collection, changed => changed.DeletePayloadIndexAsync(path, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<NamespaceInfo>> ListNamespacesAsync(
        string collection, CancellationToken cancellationToken = default) =>
        coordinator.ListNamespacesAsync(collection, cancellationToken);

    public Task<bool> DeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(collection, changed => changed.DeleteNamespaceAsync(name, cancellationToken), cancellationToken);

    public Task<WriteResult> UpsertAsync(UpsertRequest request, CancellationToken cancellationToken = default) =>
        coordinator.UpsertAsync(request, cancellationToken);

    public Task<WriteResult> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken = default) =>
        coordinator.DeleteAsync(request, cancellationToken);

    public Task<WriteResult> ChangePayloadAsync(
        PayloadRequest request, CancellationToken cancellationToken = default) =>
        coordinator.ChangePayloadAsync(request, cancellationToken);

    public Task<IReadOnlyList<StoredPoint>> GetPointsAsync(
        GetPointsRequest request, CancellationToken cancellationToken = default) =>
        coordinator.GetPointsAsync(request, cancellationToken);

    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default) =>
        coordinator.ScrollAsync(request, cancellationToken);

    public Task<long> CountAsync(CountRequest request, CancellationToken cancellationToken = default) =>
        coordinator.CountAsync(request, cancellationToken);

    public Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default) =>
        coordinator.SearchAsync(request, cancellationToken);

    public Task<IReadOnlyList<SearchResult>> SearchBatchAsync(
        IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default) =>
        coordinator.SearchBatchAsync(requests, cancellationToken);

    public async Task<DatabaseStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        var status = await coordinator.GetStatusAsync(cancellationToken);
        if (!loads.IsDraining) return status;
        var draining = $"draining: {shards.Count} shards left";
        return status with { IsReady = false, WaitingFor = [.. status.WaitingFor, draining] };
    }

    /// <summary>Finishes deletions that a crash interrupted.</summary>
    public async Task RecoverAsync(CancellationToken cancellationToken)
    {
        foreach (var collection in await coordinator.ListUnfinishedDeletionsAsync(cancellationToken))
            await GrainOf(collection).FinishDeletionAsync(cancellationToken);
    }

    /// <summary>Finishes the deletion of a namespace, if one has begun and not ended.</summary>
    internal Task FinishNamespaceDeletionAsync(string collection, string name, CancellationToken cancellationToken) =>
        ChangeAsync(collection, async changed =>
        {
            await changed.FinishNamespaceDeletionAsync(name, cancellationToken);
            return true;
        }, cancellationToken);

    private ICollectionGrain GrainOf(string collection)
    {
        // Checked here too, since a name becomes the key of a grain.
        Coordinator.Requests.Check.CollectionName(collection);
        return grains.GetGrain<ICollectionGrain>(collection);
    }

    /// <exception cref="StoreUnavailableException">The silo that ran the change died, or can't be reached; nobody knows
    /// whether it was made.</exception>
    private async Task<T> ChangeAsync<T>(
        string collection, Func<ICollectionGrain, Task<T>> change, CancellationToken cancellationToken)
    {
        try
        {
            return await change(GrainOf(collection));
        }
        catch (Exception exception) when (ClusterFailure.IsOne(exception, cancellationToken))
        {
            throw ClusterFailure.OfChange(exception);
        }
    }
}
