using Orleans;
using Orleans.Concurrency;
using VectorCluster.Client;

namespace VectorCluster.Grains;

/// <summary>The door for Orleans clients: on whichever silo a call arrives it goes on to that silo's
/// <see cref="ClusterDatabase"/>, which is safe for calls at the same time.</summary>
[StatelessWorker]
[Reentrant]
public sealed class VectorDatabaseGrain(ClusterDatabase database) : Grain, IVectorDatabaseGrain
{
    public Task CreateCollectionAsync(
        string name, CollectionSettings settings, CancellationToken cancellationToken) =>
        database.CreateCollectionAsync(name, settings, cancellationToken);

    public Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken) =>
        database.DeleteCollectionAsync(name, cancellationToken);

    public Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken) =>
        database.CollectionExistsAsync(name, cancellationToken);

    public async Task<string[]> ListCollectionsAsync(CancellationToken cancellationToken) =>
        [.. await database.ListCollectionsAsync(cancellationToken)];

    public Task<CollectionInfo> GetCollectionAsync(string name, CancellationToken cancellationToken) =>
        database.GetCollectionAsync(name, cancellationToken);

    public Task CreatePayloadIndexAsync(
        string collection, PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken) =>
        database.CreatePayloadIndexAsync(collection, path, kind, cancellationToken);

    public Task<bool> DeletePayloadIndexAsync(
        string collection, PayloadPath path, CancellationToken cancellationToken) =>
        database.DeletePayloadIndexAsync(collection, path, cancellationToken);

    public async Task<NamespaceInfo[]> ListNamespacesAsync(string collection, CancellationToken cancellationToken) =>
        [.. await database.ListNamespacesAsync(collection, cancellationToken)];

    public Task<bool> DeleteNamespaceAsync(string collection, string name, CancellationToken cancellationToken) =>
        database.DeleteNamespaceAsync(collection, name, cancellationToken);

    public Task<WriteResult> UpsertAsync(UpsertRequest request, CancellationToken cancellationToken) =>
        database.UpsertAsync(request, cancellationToken);

    public Task<WriteResult> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken) =>
        database.DeleteAsync(request, cancellationToken);

    public Task<WriteResult> ChangePayloadAsync(PayloadRequest request, CancellationToken cancellationToken) =>
        database.ChangePayloadAsync(request, cancellationToken);

    public async Task<StoredPoint[]> GetPointsAsync(
        GetPointsRequest request, CancellationToken cancellationToken) =>
        [.. await database.GetPointsAsync(request, cancellationToken)];

    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken) =>
        database.ScrollAsync(request, cancellationToken);

    public Task<long> CountAsync(CountRequest request, CancellationToken cancellationToken) =>
        database.CountAsync(request, cancellationToken);

    public Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken) =>
        database.SearchAsync(request, cancellationToken);

    public async Task<SearchResult[]> SearchBatchAsync(
        SearchRequest[] requests, CancellationToken cancellationToken) =>
        [.. await database.SearchBatchAsync(requests, cancellationToken)];

    public Task<DatabaseStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        database.GetStatusAsync(cancellationToken);
}
