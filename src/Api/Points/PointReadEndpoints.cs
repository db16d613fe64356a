namespace VectorCluster.Api;

/// <summary>Reading points by id, page by page, and counting them.</summary>
internal static class PointReadEndpoints
{
    private const string Pattern = "/collections/{collection}/points";

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("POST", Pattern, ApiRouteKind.Operation, "get_points", RouteAccess.Read, GetManyAsync),
        new("GET", Pattern + "/{id}", ApiRouteKind.Operation, "get_point", RouteAccess.Read, GetOneAsync),
        new("POST", Pattern + "/scroll", ApiRouteKind.Operation, "scroll_points", RouteAccess.Read, ScrollAsync),
        new("POST", Pattern + "/count", ApiRouteKind.Operation, "count_points", RouteAccess.Read, CountAsync),
    ];

    private static async Task GetOneAsync(ApiCall call)
    {
        var id = PointIdReader.ReadPath(call.LastSegment());
        var request = new GetPointsRequest
        {
            Collection = call.Collection,
            Namespace = call.QueryText(NamespaceReader.Member) ?? "",
            Timeout = call.Timeout,
            Ids = [id],
            WithVectors = VectorSelector.All,
        };
        var points = await call.Database.GetPointsAsync(request, call.Aborted);
        if (points.Count == 0) throw NotFoundException.Point(id);
        await call.AnswerAsync(json => PointJson.WriteRecord(json, points[0], request.Namespace));
    }

    private static async Task GetManyAsync(ApiCall call)
    {
        var body = await call.ReadBodyAsync();
        var request = new GetPointsRequest
        {
            Collection = call.Collection,
            Namespace = NamespaceReader.Read(body),
            Timeout = call.Timeout,
            Ids = body.Require("ids").ReadItems(PointIdReader.Read, SelectorReader.MaxIds),
            WithPayload = SelectorReader.ReadPayload(body, whenAbsent: PayloadSelector.All),
            WithVectors = SelectorReader.ReadVectors(body),
        };
        var points = await call.Database.GetPointsAsync(request, call.Aborted);
        await call.AnswerAsync(answer => WriteRecordsAsync(call, answer, points, request.Namespace));
    }

    private static async Task ScrollAsync(ApiCall call)
    {
        var body = await call.ReadBodyAsync();
        body.RefuseMember("order_by");
        var request = new ScrollRequest
        {
            Collection = call.Collection,
            Namespace = NamespaceReader.Read(body),
            Timeout = call.Timeout,
            Offset = body.Find("offset") is { } offset ? PointIdReader.Read(offset) : default(PointId?),
            Limit = body.Find("limit")?.AsInt32(1, ScrollRequest.MaxLimit) ?? 10,
            Filter = FilterReader.ReadOptional(body),
            WithPayload = SelectorReader.ReadPayload(body, whenAbsent: PayloadSelector.All),
            WithVectors = SelectorReader.ReadVectors(body),
        };
        var page = await call.Database.ScrollAsync(request, call.Aborted);
        await call.AnswerAsync(async answer =>
        {
            answer.Json.WriteStartObject();
            answer.Json.WritePropertyName("points");
            await WriteRecordsAsync(call, answer, page.Points, request.Namespace);
            answer.Json.WritePropertyName("next_page_offset");
            if (page.NextOffset is { } next)
                PointJson.WriteId(answer.Json, next);
            else
                answer.Json.WriteNullValue();
            answer.Json.WriteEndObject();
        });
    }

    /// <summary>Always exact; <c>exact: false</c> asks for less and gets more.</summary>
    private static async Task CountAsync(ApiCall call)
    {
        var body = await call.ReadBodyAsync();
        var count = await call.Database.CountAsync(
            new()
            {
                Collection = call.Collection,
                Namespace = NamespaceReader.Read(body),
                Timeout = call.Timeout,
                Filter = FilterReader.ReadOptional(body),
            },
            call.Aborted);
        await call.AnswerAsync(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", count);
            json.WriteEndObject();
        });
    }

    private static async ValueTask WriteRecordsAsync(
        ApiCall call, Answer answer, IReadOnlyList<StoredPoint> points, string name)
    {
        answer.Json.WriteStartArray();
        foreach (var point in points)
        {
            PointJson.WriteRecord(answer.Json, point, name);
            await answer.FlushIfLargeAsync(call.Aborted);
        }

        answer.Json.WriteEndArray();
    }
}
