using System.Globalization;
using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>The database over HTTP: the same interface, the same results and the same exceptions as in one
/// process.</summary>
/// <remarks>
/// Where the server can't be reached, reads throw <see cref="ShardUnavailableException"/> and writes
/// <see cref="WriteIncompleteException"/>: its outcome is Rejected if nothing was sent, else Unknown, with a shard
/// number of −1, since only the server knows which shards a write touches. Safe for concurrent use, as
/// <see cref="HttpClient"/> is. Where the server wants a key, and there is none or one that does not allow the call,
/// that throws <see cref="AccessDeniedException"/>.
/// </remarks>
public sealed class VectorClusterHttpClient : IVectorDatabase, IDisposable
{
    private readonly HttpClient _http;
    private readonly HttpExchange _exchange;
    private readonly bool _ownsHttp;

    /// <param name="http">With its <see cref="HttpClient.BaseAddress"/> set; it stays the caller's to dispose.</param>
    public VectorClusterHttpClient(HttpClient http)
        : this(http, ownsHttp: false)
    {
    }

    private VectorClusterHttpClient(HttpClient http, bool ownsHttp)
    {
        if (http.BaseAddress is null) throw new ArgumentException("The client needs a base address.", nameof(http));
        _http = http;
        _ownsHttp = ownsHttp;
        _exchange = new(http);
        Cluster = new ClusterOverHttp(_exchange);
    }

    /// <summary>A client with a connection pool of its own.</summary>
    /// <param name="address">Of the server, such as <c>http://localhost:6333</c>.</param>
    /// <param name="apiKey">Key or token that goes with every request; null: none.</param>
    public static VectorClusterHttpClient Connect(Uri address, string? apiKey = null)
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false, // the key is for this server
        };
        var http = new HttpClient(handler) { BaseAddress = address };
        if (apiKey is not null) http.DefaultRequestHeaders.Add("api-key", apiKey);
        return new(http, ownsHttp: true);
    }

    /// <summary>The silos behind the server.</summary>
    public ICluster Cluster { get; }

    public Task CreateCollectionAsync(
        string name, CollectionSettings settings, CancellationToken cancellationToken = default) =>
        WriteAsync(
            HttpMethod.Put,
            PathOf(name),
            json => SettingsJson.Write(json, settings),
            new(name),
            _ => true,
            cancellationToken);

    public Task<bool> DeleteCollectionAsync(string name, CancellationToken cancellationToken = default) => WriteAsync(
        HttpMethod.Delete, PathOf(name), writeBody: null, new(name), result => result.GetBoolean(), cancellationToken);

    public Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default) =>
        GetAsync(PathOf(name) + "/exists", result => result.GetProperty("exists").GetBoolean(), cancellationToken);

    public Task<IReadOnlyList<string>> ListCollectionsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<string>>(
            "collections",
            result =>
            [
                .. result.GetProperty("collections").EnumerateArray()
                    .Select(item => item.GetProperty("name").GetString()!),
            ],
            cancellationToken);

    public Task<CollectionInfo> GetCollectionAsync(string name, CancellationToken cancellationToken = default) =>
        GetAsync(PathOf(name), result => CollectionReader.Read(name, result), cancellationToken);

    public Task CreatePayloadIndexAsync(
        string collection, PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken = default) =>
        WriteAsync(
            HttpMethod.Put,
            PathOf(collection) + "/index",
            json =>
            {
                json.WriteString("field_name", path.Text);
                json.WriteString("field_schema", IndexKinds.Of(kind));
            },
            new(collection),
            _ => true,
            cancellationToken);

    public Task<bool> DeletePayloadIndexAsync(
        string collection, PayloadPath path, CancellationToken cancellationToken = default) => WriteAsync(
            HttpMethod.Delete,
            $"{PathOf(collection)}/index/{Uri.EscapeDataString(path.Text)}",
            writeBody: null,
            new(collection),
            result => result.GetProperty("vectorcluster").GetProperty("existed").GetBoolean(),
            cancellationToken);

    public Task<IReadOnlyList<NamespaceInfo>> ListNamespacesAsync(
        string collection, CancellationToken cancellationToken = default) => GetAsync<IReadOnlyList<NamespaceInfo>>(
            $"v1/{PathOf(collection)}/namespaces",
            result =>
            [
                .. result.GetProperty("namespaces").EnumerateArray().Select(item => new NamespaceInfo(
                    collection,
                    item.GetProperty("name").GetString()!,
                    item.GetProperty("shards_count").GetInt32(),
                    item.GetProperty("points_count").GetInt64())),
            ],
            cancellationToken);

    public Task<bool> DeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        WriteAsync(
            HttpMethod.Delete,
            $"v1/{PathOf(collection)}/namespaces?name={Uri.EscapeDataString(name)}",
            writeBody: null,
            new(collection, name),
            result => result.GetBoolean(),
            cancellationToken);

    public Task<WriteResult> UpsertAsync(UpsertRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(
        HttpMethod.Put,
        PathOf(request.Collection) + "/points",
        json => WriteJson.WriteUpsert(json, request),
        new(request.Collection, request.Namespace),
        ShardReader.ReadWriteResult,
        cancellationToken);

    public Task<WriteResult> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken = default) =>
        WriteAsync(
        HttpMethod.Post,
        PathOf(request.Collection) + "/points/delete",
        json => WriteJson.WriteSelector(json, request.Namespace, request.Selector),
        new(request.Collection, request.Namespace),
        ShardReader.ReadWriteResult,
        cancellationToken);

    public Task<WriteResult> ChangePayloadAsync(PayloadRequest request, CancellationToken cancellationToken = default)
    {
        var (method, suffix, writeChange) = WriteJson.Endpoint(request.Change);
        return WriteAsync(
            method,
            $"{PathOf(request.Collection)}/points/{suffix}",
            json =>
            {
                WriteJson.WriteSelector(json, request.Namespace, request.Selector);
                writeChange(json);
            },
            new(request.Collection, request.Namespace),
            ShardReader.ReadWriteResult,
            cancellationToken);
    }

    public Task<IReadOnlyList<StoredPoint>> GetPointsAsync(
        GetPointsRequest request, CancellationToken cancellationToken = default) =>
        PostAsync<IReadOnlyList<StoredPoint>>(
            $"{PathOf(request.Collection)}/points{TimeoutOf(request)}",
            json =>
            {
                VectorJson.WriteNamespace(json, request.Namespace);
                VectorJson.WriteIds(json, "ids", request.Ids);
                VectorJson.WriteSelectors(json, request.WithPayload, request.WithVectors);
            },
            PointReader.ReadPoints,
            cancellationToken);

    public Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default) =>
        PostAsync(
        $"{PathOf(request.Collection)}/points/scroll{TimeoutOf(request)}",
        json =>
        {
            VectorJson.WriteNamespace(json, request.Namespace);
            if (request.Offset is { } offset)
            {
                json.WritePropertyName("offset");
                VectorJson.WriteId(json, offset);
            }

            json.WriteNumber("limit", request.Limit);
            FilterJson.WriteOptional(json, request.Filter);
            VectorJson.WriteSelectors(json, request.WithPayload, request.WithVectors);
        },
        PointReader.ReadPage,
        cancellationToken);

    public Task<long> CountAsync(CountRequest request, CancellationToken cancellationToken = default) => PostAsync(
        $"{PathOf(request.Collection)}/points/count{TimeoutOf(request)}",
        json =>
        {
            VectorJson.WriteNamespace(json, request.Namespace);
            FilterJson.WriteOptional(json, request.Filter);
        },
        result => result.GetProperty("count").GetInt64(),
        cancellationToken);

    public async Task<SearchResult> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default)
    {
        using var answer = await _exchange.ReadAsync(
            HttpMethod.Post,
            PathOf(request.Collection) + "/points/query" + SearchBatches.QueryOf(request),
            json => SearchJson.Write(json, request),
            cancellationToken).ConfigureAwait(false);
        var root = answer.RootElement;
        root.TryGetProperty("missing_shards", out var missing);
        root.TryGetProperty("plans", out var plans);
        return PointReader.ReadHits(root.GetProperty("result"), root.GetProperty("metric"), missing, plans);
    }

    public async Task<IReadOnlyList<SearchResult>> SearchBatchAsync(
        IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default)
    {
        var results = new SearchResult[requests.Count];
        foreach (var batch in SearchBatches.Of(requests))
        {
            using var answer = await _exchange.ReadAsync(
                HttpMethod.Post,
                $"{PathOf(batch.Collection)}/points/query/batch{batch.QueryString}",
                json => SearchBatches.Write(json, requests, batch),
                cancellationToken).ConfigureAwait(false);
            SearchBatches.Read(answer.RootElement, batch, results);
        }

        return results;
    }

    public Task<DatabaseStatus> GetStatusAsync(CancellationToken cancellationToken = default) => GetAsync(
        "v1/status",
        result => new DatabaseStatus(
            result.GetProperty("ready").GetBoolean(),
            [.. result.GetProperty("waiting_for").EnumerateArray().Select(item => item.GetString()!)],
            ShardReader.ReadFailures(result.GetProperty("failures"))),
        cancellationToken);

    public void Dispose()
    {
        if (_ownsHttp) _http.Dispose();
    }

    private Task<T> GetAsync<T>(string path, Func<JsonElement, T> read, CancellationToken cancellationToken) =>
        ResultOfAsync(_exchange.ReadAsync(HttpMethod.Get, path, writeBody: null, cancellationToken), read);

    private Task<T> PostAsync<T>(
        string path,
        Action<Utf8JsonWriter> writeBody,
        Func<JsonElement, T> read,
        CancellationToken cancellationToken) =>
        ResultOfAsync(_exchange.ReadAsync(HttpMethod.Post, path, writeBody, cancellationToken), read);

    private Task<T> WriteAsync<T>(
        HttpMethod method,
        string path,
        Action<Utf8JsonWriter>? writeBody,
        WriteTarget target,
        Func<JsonElement, T> read,
        CancellationToken cancellationToken) =>
        ResultOfAsync(_exchange.WriteAsync(method, path, writeBody, target, cancellationToken), read);

    private static async Task<T> ResultOfAsync<T>(Task<JsonDocument> exchange, Func<JsonElement, T> read)
    {
        using var answer = await exchange.ConfigureAwait(false);
        return read(answer.RootElement.GetProperty("result"));
    }

    private static string TimeoutOf(ReadRequest request) => request.Timeout is { } timeout
        ? "?timeout=" + timeout.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture)
        : "";

    private static string PathOf(string collection) => collection is "" or "." or ".."
        ? throw new InvalidRequestException(
            ErrorCodes.InvalidName, $"'{collection}' can't be the name of a collection.")
        : "collections/" + Uri.EscapeDataString(collection);
}
