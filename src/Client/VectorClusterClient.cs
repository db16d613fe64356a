using Orleans;

namespace VectorCluster.Client;

/// <summary>A cluster, through an Orleans client or from within a silo.</summary>
/// <remarks>
/// A read that failed on the way is tried once more: the silo that had it may just have left. A write or a change is
/// not: its outcome is unknown, which the exception says; repeating an upsert or a deletion is safe, and the caller's
/// decision.
/// </remarks>
public sealed class VectorClusterClient(IGrainFactory grains) : IVectorDatabase
{
    private readonly IVectorDatabaseGrain _database = grains.GetGrain<IVectorDatabaseGrain>(0);

    public Task CreateCollectionAsync(
        string name, CollectionSettings settings, CancellationToken cancellationToken = default) =>
        ChangeAsync(async () =>
        {
            await _database.CreateCollectionAsync(name, settings, cancellationToken);
            return true;
        });

    public Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(() => _database.DeleteCollectionAsync(name, cancellationToken));

    public Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default) =>
        ReadAsync(() => _database.CollectionExistsAsync(name, cancellationToken));

    public async Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken = default) =>
        await ReadAsync(() => _database.ListCollectionsAsync(cancellationToken));

    public Task<CollectionInfo> GetCollectionAsync(string name, CancellationToken cancellationToken = default) =>
        ReadAsync(() => _database.GetCollectionAsync(name, cancellationToken));

    public Task CreatePayloadIndexAsync(
        string collection, PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken = default) =>
        ChangeAsync(async () =>
        {
            await _database.CreatePayloadIndexAsync(collection, path, kind, cancellationToken);
            return true;
        });

    public Task<bool> DeletePayloadIndexAsync(
        string collection, PayloadPath path, CancellationToken cancellationToken = default) =>
        ChangeAsync(() => _database.DeletePayloadIndexAsync(collection, path, cancellationToken));

    public async Task<IReadOnlyList<NamespaceInfo>> ListNamespacesAsync(
        string collection, CancellationToken cancellationToken = default) =>
        await ReadAsync(() => _database.ListNamespacesAsync(collection, cancellationToken));

    public Task<bool> DeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(() => _database.DeleteNamespaceAsync(collection, name, cancellationToken));

    public Task<WriteResult> UpsertAsync(UpsertRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(
            () => _database.UpsertAsync(request, cancellationToken), request.Collection, request.Namespace);

    public Task<WriteResult> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(
            () => _database.DeleteAsync(request, cancellationToken), request.Collection, request.Namespace);

    public Task<WriteResult> ChangePayloadAsync(
        PayloadRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(
            () => _database.ChangePayloadAsync(request, cancellationToken), request.Collection, request.Namespace);

    public async Task<IReadOnlyList<StoredPoint>> GetPointsAsync(
        GetPointsRequest request, CancellationToken cancellationToken = default) =>
        await ReadAsync(() => _database.GetPointsAsync(request, cancellationToken));

    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default) =>
        ReadAsync(() => _database.ScrollAsync(request, cancellationToken));

    public Task<long> CountAsync(CountRequest request, CancellationToken cancellationToken = default) =>
        ReadAsync(() => _database.CountAsync(request, cancellationToken));

    public Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default) =>
        ReadAsync(() => _database.SearchAsync(request, cancellationToken));

    public async Task<IReadOnlyList<SearchResult>> SearchBatchAsync(
        IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default) =>
        await ReadAsync(() => _database.SearchBatchAsync([.. requests], cancellationToken));

    public Task<DatabaseStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(() => _database.GetStatusAsync(cancellationToken));

    private static async Task<T> ReadAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception first) when (ClusterFailure.IsOne(first) && first is not TimeoutException)
        {
            return await LastTryAsync(call);
        }
        catch (TimeoutException exception)
        {
            throw ClusterFailure.OfRead(exception);
        }
    }

    private static async Task<T> LastTryAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (ClusterFailure.IsOne(exception))
        {
            throw ClusterFailure.OfRead(exception);
        }
    }

    private static async Task<WriteResult> WriteAsync(Func<Task<WriteResult>> call, string collection, string name)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (ClusterFailure.IsOne(exception))
        {
            throw ClusterFailure.OfWrite(exception, collection, name);
        }
    }

    private static async Task<T> ChangeAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (ClusterFailure.IsOne(exception))
        {
            throw ClusterFailure.OfChange(exception);
        }
    }
}
