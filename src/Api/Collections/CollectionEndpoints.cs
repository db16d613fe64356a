namespace VectorCluster.Api;

/// <summary>Creating, describing and deleting collections.</summary>
internal static class CollectionEndpoints
{
    /// <summary>What an update might say that would change results.</summary>
    private static readonly string[] FixedMembers =
        ["vectors", "hnsw_config", "params", "quantization_config", "sparse_vectors", "strict_mode_config", "metadata"];

    private const string Pattern = "/collections/{collection}";

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("GET", "/collections", ApiRouteKind.Operation, "list_collections", RouteAccess.AnyKey, ListAsync),
        new("GET", Pattern, ApiRouteKind.Operation, "get_collection", RouteAccess.Read, GetAsync),
        new("PUT", Pattern, ApiRouteKind.Operation, "create_collection", RouteAccess.Admin, CreateAsync),
        new("PATCH", Pattern, ApiRouteKind.Operation, "update_collection", RouteAccess.Admin, UpdateAsync),
        new("DELETE", Pattern, ApiRouteKind.Operation, "delete_collection", RouteAccess.Admin, DeleteAsync),
        new("GET", Pattern + "/exists", ApiRouteKind.Operation, "collection_exists", RouteAccess.Read, ExistsAsync),
    ];

    private static async Task ListAsync(ApiCall call)
    {
        var names = await call.Database.ListCollectionsAsync(call.Aborted);
        await call.AnswerAsync(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("collections");
            foreach (var name in names)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static async Task GetAsync(ApiCall call)
    {
        var info = await call.Database.GetCollectionAsync(call.Collection, call.Aborted);
        await call.AnswerAsync(json => CollectionJson.Write(json, info));
    }

    private static async Task CreateAsync(ApiCall call)
    {
        var settings = CollectionSettingsReader.Read(await call.ReadBodyAsync());
        await call.Database.CreateCollectionAsync(call.Collection, settings, call.Aborted);
        await call.AnswerAsync(json => json.WriteBooleanValue(true));
    }

    /// <summary>Settings are fixed; what Qdrant tunes without effect on results is accepted, anything else
    /// refused.</summary>
    private static async Task UpdateAsync(ApiCall call)
    {
        var body = await call.ReadBodyAsync();
        foreach (var name in FixedMembers) body.RefuseMember(name);
        if (!await call.Database.CollectionExistsAsync(call.Collection, call.Aborted))
            throw NotFoundException.Collection(call.Collection);
        await call.AnswerAsync(json => json.WriteBooleanValue(true));
    }

    private static async Task DeleteAsync(ApiCall call)
    {
        var existed = await call.Database.DeleteCollectionAsync(call.Collection, call.Aborted);
        await call.AnswerAsync(json => json.WriteBooleanValue(existed));
    }

    private static async Task ExistsAsync(ApiCall call)
    {
        var exists = await call.Database.CollectionExistsAsync(call.Collection, call.Aborted);
        await call.AnswerAsync(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("exists", exists);
            json.WriteEndObject();
        });
    }
}
