namespace VectorCluster.Api;

/// <summary>The database as one caller may use it. What endpoints call, so that none of them can forget to
/// check.</summary>
internal sealed class GuardedDatabase(IVectorDatabase database, Caller caller) : IVectorDatabase
{
    public Task CreateCollectionAsync(
        string name, CollectionSettings settings, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.Admin, name);
        return database.CreateCollectionAsync(name, settings, cancellationToken);
    }

    public Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.Admin, name);
        return database.DeleteCollectionAsync(name, cancellationToken);
    }

    public Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.Read, name);
        return database.CollectionExistsAsync(name, cancellationToken);
    }

    public async Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.AnyKey, "");
        var names = await database.ListCollectionsAsync(cancellationToken);
        return [.. names.Where(caller.SeesCollection)];
    }

    /// <summary>A caller that is limited to namespaces gets the settings, and the counts of its own
    /// namespaces.</summary>
    public async Task<CollectionInfo> GetCollectionAsync(string name, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.Read, name);
        var info = await database.GetCollectionAsync(name, cancellationToken);
        if (caller.SeesAllNamespaces) return info;
        var own = await ListNamespacesAsync(name, cancellationToken);
        var points = own.Sum(item => item.PointCount);
        var failures = info.Failures.Where(failure => caller.SeesNamespace(failure.Shard.Namespace)).ToList();
        return info with
        {
            Status = failures.Count > 0 ? CollectionStatus.Red : CollectionStatus.Green,
            PointCount = points,
            VectorCount = points,
            IndexedVectorCount = 0,
            NamespaceCount = own.Count,
            ShardCount = own.Sum(item => item.ShardCount),
            PayloadIndexPoints = info.PayloadIndexPoints.ToDictionary(
                index => index.Key, _ => 0L, StringComparer.Ordinal),
            Failures = failures,
        };
    }

    public Task CreatePayloadIndexAsync(
        string collection, PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.WriteSchema, collection);
        return database.CreatePayloadIndexAsync(collection, path, kind, cancellationToken);
    }

    public Task<bool> DeletePayloadIndexAsync(
        string collection, PayloadPath path, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.WriteSchema, collection);
        return database.DeletePayloadIndexAsync(collection, path, cancellationToken);
    }

    public async Task<IReadOnlyList<NamespaceInfo>> ListNamespacesAsync(
        string collection, CancellationToken cancellationToken = default)
    {
        caller.Require(RouteAccess.Read, collection);
        var namespaces = await database.ListNamespacesAsync(collection, cancellationToken);
        return [.. namespaces.Where(item => caller.SeesNamespace(item.Name))];
    }

    public Task<bool> DeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default)
    {
        caller.RequireNamespace(AccessRole.Write, collection, name);
        return database.DeleteNamespaceAsync(collection, name, cancellationToken);
    }

    public Task<WriteResult> UpsertAsync(UpsertRequest request, CancellationToken cancellationToken = default)
    {
        caller.RequireNamespace(AccessRole.Write, request.Collection, request.Namespace);
        return database.UpsertAsync(request, cancellationToken);
    }

    public Task<WriteResult> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken = default)
    {
        caller.RequireNamespace(AccessRole.Write, request.Collection, request.Namespace);
        return database.DeleteAsync(request, cancellationToken);
    }

    public Task<WriteResult> ChangePayloadAsync(PayloadRequest request, CancellationToken cancellationToken = default)
    {
        caller.RequireNamespace(AccessRole.Write, request.Collection, request.Namespace);
        return database.ChangePayloadAsync(request, cancellationToken);
    }

    public Task<IReadOnlyList<StoredPoint>> GetPointsAsync(
        GetPointsRequest request, CancellationToken cancellationToken = default)
    {
        RequireRead(request);
        return database.GetPointsAsync(request, cancellationToken);
    }

    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default)
    {
        RequireRead(request);
        return database.ScrollAsync(request, cancellationToken);
    }

    public Task<long> CountAsync(CountRequest request, CancellationToken cancellationToken = default)
    {
        RequireRead(request);
        return database.CountAsync(request, cancellationToken);
    }

    public Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default)
    {
        RequireRead(request);
        return database.SearchAsync(request, cancellationToken);
    }

    public Task<IReadOnlyList<SearchResult>> SearchBatchAsync(
        IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default)
    {
        foreach (var request in requests) RequireRead(request);
        return database.SearchBatchAsync(requests, cancellationToken);
    }

    /// <summary>Whether it is ready, everyone may know; which shards fail, only who sees all of them.</summary>
    public async Task<DatabaseStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        var status = await database.GetStatusAsync(cancellationToken);
        return caller.SeesAll && caller.Role >= AccessRole.ReadOnly ? status : status with { Failures = [] };
    }

    private void RequireRead(ReadRequest request) =>
        caller.RequireNamespace(AccessRole.ReadOnly, request.Collection, request.Namespace);
}
