namespace VectorCluster.Api;

/// <summary>Nearest points: by vector, by example, one search or many.</summary>
internal static class SearchEndpoints
{
    /// <summary>Most searches in one request.</summary>
    public const int MaxSearches = 1_000;

    /// <summary>Most hits of all searches of a request together: what one answer may hold in memory.</summary>
    public const int MaxBatchHits = 100_000;

    private const string Pattern = "/collections/{collection}/points";

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        Route("/search", "search_points", call => OneAsync(call, SearchForm.Search)),
        Route("/search/batch", "search_batch", call => BatchAsync(call, SearchForm.Search)),
        Route("/query", "query_points", call => OneAsync(call, SearchForm.Query)),
        Route("/query/batch", "query_batch", call => BatchAsync(call, SearchForm.Query)),
        Route("/recommend", "recommend_points", call => OneAsync(call, SearchForm.Recommend)),
        Route("/recommend/batch", "recommend_batch", call => BatchAsync(call, SearchForm.Recommend)),
    ];

    private static ApiRoute Route(string suffix, string operation, Func<ApiCall, Task> handler) =>
        new("POST", Pattern + suffix, ApiRouteKind.Query, operation, RouteAccess.Read, handler);

    private static async Task OneAsync(ApiCall call, SearchForm form)
    {
        var input = form.Read(await call.ReadBodyAsync(), call);
        call.LocateInBody = form.Locate;
        var hits = await SearchRun.RunAsync(call, [input]);
        await call.AnswerAsync(
            answer => HitJson.WriteAsync(answer, call, hits[0], form.IsQuery),
            json => HitJson.WriteExtra(json, call, hits, isBatch: false));
    }

    private static async Task BatchAsync(ApiCall call, SearchForm form)
    {
        var body = await call.ReadBodyAsync();
        var searches = body.Require("searches");
        var inputs = searches.ReadItems(item => form.Read(item, call), MaxSearches);
        var wanted = inputs.Sum(input => (long)(input.Search?.Limit ?? input.Scroll!.Limit));
        if (wanted > MaxBatchHits)
        {
            throw searches.Error(
                ErrorCodes.TooLarge, $"The searches want {wanted} hits together; at most {MaxBatchHits} are allowed.");
        }

        // The database does not say which of the searches it refused.
        call.LocateInBody = path => string.Concat("$.searches[*]", form.Locate(path).AsSpan(1));
        var hits = await SearchRun.RunAsync(call, inputs);
        await call.AnswerAsync(
            async answer =>
            {
                answer.Json.WriteStartArray();
                foreach (var result in hits) await HitJson.WriteAsync(answer, call, result, form.IsQuery);
                answer.Json.WriteEndArray();
            },
            json => HitJson.WriteExtra(json, call, hits, isBatch: true));
    }
}
