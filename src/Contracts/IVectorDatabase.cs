namespace VectorCluster;

/// <summary>The whole database: the same interface embedded, over HTTP, and in a cluster.</summary>
/// <remarks>
/// Every call may throw <see cref="InvalidRequestException"/> (nothing was done), <see cref="NotFoundException"/> for a
/// collection that does not exist, <see cref="OverloadedException"/> (nothing was done; wait and retry) and
/// <see cref="ShardUnavailableException"/> (reads). Writes throw <see cref="WriteIncompleteException"/> when a shard
/// did not confirm; it says what is known. A write that returned is durable, and every read that starts later sees it.
/// </remarks>
public interface IVectorDatabase
{
    /// <exception cref="AlreadyExistsException">A collection of that name exists.</exception>
    Task CreateCollectionAsync(string name, CollectionSettings settings, CancellationToken cancellationToken = default);

    /// <summary>Deletes a collection with everything in it.</summary>
    /// <returns>False if there was none.</returns>
    Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken = default);

    Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default);

    /// <returns>Names in ordinal order.</returns>
    Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Settings and state. Wakes no idle namespace to count its points exactly if their number is
    /// known.</summary>
    Task<CollectionInfo> GetCollectionAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Indexes a payload path; filters on it become faster, never different. Replaces an index of another
    /// kind.</summary>
    Task CreatePayloadIndexAsync(
        string collection, PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken = default);

    /// <returns>False if the path had no index.</returns>
    Task<bool> DeletePayloadIndexAsync(
        string collection, PayloadPath path, CancellationToken cancellationToken = default);

    /// <returns>Namespaces in ordinal order.</returns>
    Task<IReadOnlyList<NamespaceInfo>> ListNamespacesAsync(
        string collection, CancellationToken cancellationToken = default);

    /// <summary>Deletes a namespace with everything in it.</summary>
    /// <returns>False if there was none.</returns>
    Task<bool> DeleteNamespaceAsync(string collection, string name, CancellationToken cancellationToken = default);

    Task<WriteResult> UpsertAsync(UpsertRequest request, CancellationToken cancellationToken = default);

    Task<WriteResult> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken = default);

    /// <exception cref="NotFoundException">An id of the selector does not exist; its shard changed nothing.</exception>
    Task<WriteResult> ChangePayloadAsync(PayloadRequest request, CancellationToken cancellationToken = default);

    /// <returns>The points that exist, in the order of the request's ids.</returns>
    Task<IReadOnlyList<StoredPoint>> GetPointsAsync(
        GetPointsRequest request, CancellationToken cancellationToken = default);

    Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default);

    /// <returns>The exact number of points that pass the filter.</returns>
    Task<long> CountAsync(CountRequest request, CancellationToken cancellationToken = default);

    /// <summary>Finds the points nearest to a query. Approximate (HNSW, arXiv:1603.09320) unless the request says
    /// exact.</summary>
    /// <exception cref="NotFoundException">A point that serves as query or example does not exist or lacks the
    /// vector.</exception>
    /// <remarks>In this process, a search of about a millisecond or less mostly runs on the caller's thread, if that is
    /// one of the pool: to have many beside each other, ask for them by <see cref="SearchBatchAsync"/>.</remarks>
    Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default);

    /// <summary>Several searches at once; results in the order of the requests. One that fails fails the
    /// call.</summary>
    Task<IReadOnlyList<SearchResult>> SearchBatchAsync(
        IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default);

    Task<DatabaseStatus> GetStatusAsync(CancellationToken cancellationToken = default);
}
