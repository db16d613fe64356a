namespace VectorCluster.Api;

/// <summary>Writing points and payloads, singly and several operations in one request.</summary>
internal static class PointWriteEndpoints
{
    /// <summary>Most operations in one request: each is at least one commit.</summary>
    public const int MaxOperations = 1_000;

    private const string Pattern = "/collections/{collection}/points";

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("PUT", Pattern, ApiRouteKind.Operation, "upsert_points", RouteAccess.Write, Single("upsert")),
        new("POST", Pattern + "/delete", ApiRouteKind.Operation, "delete_points", RouteAccess.Write, Single("delete")),
        new(
            "POST", Pattern + "/payload", ApiRouteKind.Operation, "set_payload",
            RouteAccess.Write, Single("set_payload")),
        new(
            "PUT", Pattern + "/payload", ApiRouteKind.Operation, "overwrite_payload",
            RouteAccess.Write, Single("overwrite_payload")),
        new(
            "POST", Pattern + "/payload/delete", ApiRouteKind.Operation, "delete_payload",
            RouteAccess.Write, Single("delete_payload")),
        new(
            "POST", Pattern + "/payload/clear", ApiRouteKind.Operation, "clear_payload",
            RouteAccess.Write, Single("clear_payload")),
        new("POST", Pattern + "/batch", ApiRouteKind.Operation, "batch_update", RouteAccess.Write, BatchAsync),
    ];

    private static Func<ApiCall, Task> Single(string operation) => async call =>
    {
        var body = await call.ReadBodyAsync();
        var write = WriteReader.Read(operation, body, call.Collection);
        call.LocateInBody = WriteReader.LocatorIn(body);
        var result = await write.RunAsync(call.Database, call.Aborted);
        await call.AnswerAsync(json => WriteResultJson.Write(json, result, call.Wait));
    };

    /// <summary>Everything is read before anything is done, so a request that is wrong or not allowed anywhere changes
    /// nothing.</summary>
    private static async Task BatchAsync(ApiCall call)
    {
        var body = await call.ReadBodyAsync();
        var writes = body.Require("operations").ReadItems(item => ReadOperation(item, call.Collection), MaxOperations);
        foreach (var (_, write) in writes)
            call.Caller.RequireNamespace(AccessRole.Write, call.Collection, write.Namespace);
        var results = new List<WriteResult>(writes.Length);
        foreach (var (locate, write) in writes)
        {
            call.LocateInBody = locate;
            results.Add(await write.RunAsync(call.Database, call.Aborted));
        }

        await call.AnswerAsync(json =>
        {
            json.WriteStartArray();
            foreach (var result in results) WriteResultJson.Write(json, result, call.Wait);
            json.WriteEndArray();
        });
    }

    private static (Func<string, string> Locate, PointWrite Write) ReadOperation(JsonInput item, string collection)
    {
        item.RequireObject();
        if (item.Element.GetPropertyCount() != 1)
            throw item.Error(ErrorCodes.InvalidRequest, "An operation is an object with one member, which names it.");
        var (name, body) = item.Members().First();
        body.RequireObject();
        return (WriteReader.LocatorIn(body), WriteReader.Read(name, body, collection));
    }
}
