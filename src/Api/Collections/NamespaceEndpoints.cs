namespace VectorCluster.Api;

/// <summary>Namespaces, for which Qdrant has no endpoints of this meaning.</summary>
internal static class NamespaceEndpoints
{
    private const string Pattern = "/v1/collections/{collection}/namespaces";

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("GET", Pattern, ApiRouteKind.Operation, "list_namespaces", RouteAccess.Read, ListAsync),
        new(
            "DELETE", Pattern, ApiRouteKind.Operation, "delete_namespace_by_query",
            RouteAccess.Write, DeleteByQueryAsync),
        new(
            "DELETE", Pattern + "/{namespace}", ApiRouteKind.Operation, "delete_namespace",
            RouteAccess.Write, DeleteAsync),
    ];

    private static async Task ListAsync(ApiCall call)
    {
        var namespaces = await call.Database.ListNamespacesAsync(call.Collection, call.Aborted);
        await call.AnswerAsync(async answer =>
        {
            var json = answer.Json;
            json.WriteStartObject();
            json.WriteStartArray("namespaces");
            foreach (var item in namespaces)
            {
                json.WriteStartObject();
                json.WriteString("name", item.Name);
                json.WriteNumber("shards_count", item.ShardCount);
                json.WriteNumber("points_count", item.PointCount);
                json.WriteEndObject();
                await answer.FlushIfLargeAsync(call.Aborted);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static Task DeleteAsync(ApiCall call) => DeleteAsync(call, call.LastSegment());

    /// <summary>The default namespace has an empty name, which no path can carry; it must be spelled out as
    /// <c>?name=</c>.</summary>
    private static Task DeleteByQueryAsync(ApiCall call) => DeleteAsync(call, call.QueryText("name")
        ?? throw new InvalidRequestException(
            ErrorCodes.MissingField,
            "The query parameter `name` is missing; `?name=` stands for the default namespace."));

    private static async Task DeleteAsync(ApiCall call, string name)
    {
        var existed = await call.Database.DeleteNamespaceAsync(call.Collection, name, call.Aborted);
        await call.AnswerAsync(json => json.WriteBooleanValue(existed));
    }
}
