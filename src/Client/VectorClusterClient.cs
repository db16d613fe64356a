using Orleans;

namespace VectorCluster.Client;

/// <summary>A cluster, through an Orleans client or from within a silo.</summary>
/// <remarks>
/// A read that failed on the way is tried again, through other silos, until its time is over: the silo that had it may
/// just have left. A write or a change is sent once. Where it failed on the way its outcome is unknown, which the
/// exception says; repeating an upsert or a deletion is safe, and the caller's decision.
/// </remarks>
public sealed class VectorClusterClient : IVectorDatabase
{
    private readonly ClusterCalls _calls;

    /// <summary>Without news of lost connections: those that Orleans closes within a silo are broken by Orleans
    /// itself. For an Orleans client, take the one that
    /// <see cref="VectorClusterClientExtensions.AddVectorCluster"/> registers.</summary>
    public VectorClusterClient(IGrainFactory grains)
        : this(grains, new(), TimeProvider.System)
    {
    }

    internal VectorClusterClient(IGrainFactory grains, GatewayWatch gateways, TimeProvider time) =>
        _calls = new(grains, gateways, time);

    public Task CreateCollectionAsync(
        string name, CollectionSettings settings, CancellationToken cancellationToken = default) =>
        ChangeAsync(async database =>
        {
            await database.CreateCollectionAsync(name, settings, cancellationToken);
            return true;
        });

    public Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(database => database.DeleteCollectionAsync(name, cancellationToken));

    public Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default) =>
        ReadAsync(
            (database, token) => database.CollectionExistsAsync(name, token),
            timeout: null,
            cancellationToken);

    public async Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken = default) =>
        await ReadAsync(
            (database, token) => database.ListCollectionsAsync(token),
            timeout: null,
            cancellationToken);

    public Task<CollectionInfo> GetCollectionAsync(string name, CancellationToken cancellationToken = default) =>
        ReadAsync(
            (database, token) => database.GetCollectionAsync(name, token),
            Patience.OfCall,
            cancellationToken);

    public Task CreatePayloadIndexAsync(
        string collection, PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken = default) =>
        ChangeAsync(async database =>
        {
            await database.CreatePayloadIndexAsync(collection, path, kind, cancellationToken);
            return true;
        });

    public Task<bool> DeletePayloadIndexAsync(
        string collection, PayloadPath path, CancellationToken cancellationToken = default) =>
        ChangeAsync(database => database.DeletePayloadIndexAsync(collection, path, cancellationToken));

    public async Task<IReadOnlyList<NamespaceInfo>> ListNamespacesAsync(
        string collection, CancellationToken cancellationToken = default) =>
        await ReadAsync(
            (database, token) => database.ListNamespacesAsync(collection, token),
            Patience.OfChange,
            cancellationToken);

    public Task<bool> DeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        ChangeAsync(database => database.DeleteNamespaceAsync(collection, name, cancellationToken));

    public Task<WriteResult> UpsertAsync(UpsertRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(
            database => database.UpsertAsync(request, cancellationToken), request.Collection, request.Namespace);

    public Task<WriteResult> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(
            database => database.DeleteAsync(request, cancellationToken), request.Collection, request.Namespace);

    public Task<WriteResult> ChangePayloadAsync(
        PayloadRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(
            database => database.ChangePayloadAsync(request, cancellationToken), request.Collection, request.Namespace);

    public async Task<IReadOnlyList<StoredPoint>> GetPointsAsync(
        GetPointsRequest request, CancellationToken cancellationToken = default) =>
        await ReadAsync(
            (database, token) => database.GetPointsAsync(request, token),
            request.Timeout,
            cancellationToken);

    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default) =>
        ReadAsync(
            (database, token) => database.ScrollAsync(request, token),
            request.Timeout,
            cancellationToken);

    public Task<long> CountAsync(CountRequest request, CancellationToken cancellationToken = default) =>
        ReadAsync(
            (database, token) => database.CountAsync(request, token),
            request.Timeout,
            cancellationToken);

    public Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default) =>
        ReadAsync(
            (database, token) => database.SearchAsync(request, token),
            request.Timeout,
            cancellationToken);

    public async Task<IReadOnlyList<SearchResult>> SearchBatchAsync(
        IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default) =>
        await ReadAsync(
            (database, token) => database.SearchBatchAsync([.. requests], token),
            Patience.OfCall,
            cancellationToken);

    public Task<DatabaseStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(
            (database, token) => database.GetStatusAsync(token),
            timeout: null,
            cancellationToken);

    private Task<T> ReadAsync<T>(
        Func<IVectorDatabaseGrain, CancellationToken, Task<T>> call,
        TimeSpan? timeout,
        CancellationToken cancellationToken) => _calls.ReadAsync(call, timeout, cancellationToken);

    private async Task<WriteResult> WriteAsync(
        Func<IVectorDatabaseGrain, Task<WriteResult>> call, string collection, string name)
    {
        try
        {
            return await _calls.SendAsync(call);
        }
        catch (Exception exception) when (ClusterFailure.IsOne(exception))
        {
            throw ClusterFailure.OfWrite(exception, collection, name);
        }
    }

    private async Task<T> ChangeAsync<T>(Func<IVectorDatabaseGrain, Task<T>> call)
    {
        try
        {
            return await _calls.SendAsync(call);
        }
        catch (Exception exception) when (ClusterFailure.IsOne(exception))
        {
            throw ClusterFailure.OfChange(exception);
        }
    }
}
