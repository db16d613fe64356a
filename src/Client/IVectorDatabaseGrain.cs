using System.Globalization;
using Orleans;
using Orleans.Concurrency;

namespace VectorCluster.Client;

/// <summary>The door of a cluster for Orleans clients: <see cref="IVectorDatabase"/>, one activation or more on every
/// silo.</summary>
/// <remarks>Any key will do: each opens the same door, and a client's calls under different keys go through different
/// gateways. Exceptions of the contracts arrive as they were thrown. The longest answer is a minute away, the
/// time that a write may take; a call waits somewhat longer, so that the silo's own account of a deadline comes
/// first.</remarks>
[Alias("VectorCluster.IVectorDatabaseGrain")]
public interface IVectorDatabaseGrain : IGrainWithIntegerKey
{
    [Alias("CreateCollection")]
    [ResponseTimeout(Patience.Change)]
    Task CreateCollectionAsync(string name, CollectionSettings settings, CancellationToken cancellationToken);

    [Alias("DeleteCollection")]
    [ResponseTimeout(Patience.Change)]
    Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken);

    [Alias("CollectionExists")]
    Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken);

    [Alias("ListCollections")]
    Task<string[]> ListCollectionsAsync(CancellationToken cancellationToken);

    [Alias("GetCollection")]
    [ResponseTimeout(Patience.Call)]
    Task<CollectionInfo> GetCollectionAsync(string name, CancellationToken cancellationToken);

    [Alias("CreatePayloadIndex")]
    [ResponseTimeout(Patience.Change)]
    Task CreatePayloadIndexAsync(
        string collection, PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken);

    [Alias("DeletePayloadIndex")]
    [ResponseTimeout(Patience.Change)]
    Task<bool> DeletePayloadIndexAsync(string collection, PayloadPath path, CancellationToken cancellationToken);

    [Alias("ListNamespaces")]
    [ResponseTimeout(Patience.Change)]
    Task<NamespaceInfo[]> ListNamespacesAsync(string collection, CancellationToken cancellationToken);

    [Alias("DeleteNamespace")]
    [ResponseTimeout(Patience.Change)]
    Task<bool> DeleteNamespaceAsync(string collection, string name, CancellationToken cancellationToken);

    [Alias("Upsert")]
    [ResponseTimeout(Patience.Call)]
    Task<WriteResult> UpsertAsync(UpsertRequest request, CancellationToken cancellationToken);

    [Alias("Delete")]
    [ResponseTimeout(Patience.Call)]
    Task<WriteResult> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken);

    [Alias("ChangePayload")]
    [ResponseTimeout(Patience.Call)]
    Task<WriteResult> ChangePayloadAsync(PayloadRequest request, CancellationToken cancellationToken);

    [Alias("GetPoints")]
    [ResponseTimeout(Patience.Call)]
    Task<StoredPoint[]> GetPointsAsync(GetPointsRequest request, CancellationToken cancellationToken);

    [Alias("Scroll")]
    [ResponseTimeout(Patience.Call)]
    Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken);

    [Alias("Count")]
    [ResponseTimeout(Patience.Call)]
    Task<long> CountAsync(CountRequest request, CancellationToken cancellationToken);

    [Alias("Search")]
    [ResponseTimeout(Patience.Call)]
    Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken);

    [Alias("SearchBatch")]
    [ResponseTimeout(Patience.Call)]
    Task<SearchResult[]> SearchBatchAsync(SearchRequest[] requests, CancellationToken cancellationToken);

    [Alias("GetStatus")]
    Task<DatabaseStatus> GetStatusAsync(CancellationToken cancellationToken);
}

/// <summary>How long a caller waits for a grain before it gives the call up.</summary>
public static class Patience
{
    /// <summary>Somewhat longer than a shard may take over a write.</summary>
    public const string Call = "00:01:15";

    /// <summary>Deleting a collection visits all its shards, one after the other.</summary>
    public const string Change = "00:10:00";

    internal static readonly TimeSpan OfCall = TimeSpan.Parse(Call, CultureInfo.InvariantCulture);

    internal static readonly TimeSpan OfChange = TimeSpan.Parse(Change, CultureInfo.InvariantCulture);
}
