namespace VectorCluster.Api;

/// <summary>Payload indexes.</summary>
internal static class IndexEndpoints
{
    private const string Pattern = "/collections/{collection}/index";

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("PUT", Pattern, ApiRouteKind.Operation, "create_field_index", RouteAccess.WriteSchema, CreateAsync),
        new(
            "DELETE", Pattern + "/{field}", ApiRouteKind.Operation, "delete_field_index",
            RouteAccess.WriteSchema, DeleteAsync),
    ];

    private static async Task CreateAsync(ApiCall call)
    {
        var body = await call.ReadBodyAsync();
        var path = PathReader.Read(body.Require("field_name"));
        var kind = IndexKinds.Read(body.Require("field_schema"));
        await call.Database.CreatePayloadIndexAsync(call.Collection, path, kind, call.Aborted);
        await call.AnswerAsync(json => WriteResultJson.WriteIndexed(json, call.Wait, existed: null));
    }

    private static async Task DeleteAsync(ApiCall call)
    {
        var field = call.LastSegment();
        if (!PayloadPath.TryParse(field, out var path))
            throw new InvalidRequestException(ErrorCodes.InvalidPayloadPath, $"'{field}' is not a payload path.");
        var existed = await call.Database.DeletePayloadIndexAsync(call.Collection, path, call.Aborted);
        await call.AnswerAsync(json => WriteResultJson.WriteIndexed(json, call.Wait, existed));
    }
}
