namespace VectorCluster.Api;

/// <summary>The answer to one search: hits of a search, or points of a scroll in their place.</summary>
internal sealed record SearchOutcome(string Namespace, SearchResult? Result, IReadOnlyList<StoredPoint> Scrolled);

/// <summary>Executes searches that have been read.</summary>
internal static class SearchRun
{
    public static async Task<IReadOnlyList<SearchOutcome>> RunAsync(ApiCall call, IReadOnlyList<SearchInput> inputs)
    {
        var requests = await ResolveThresholdsAsync(call, inputs);
        var results = requests.Count == 1
            ? [await call.Database.SearchAsync(requests[0], call.Aborted)]
            : requests.Count > 1 ? await call.Database.SearchBatchAsync(requests, call.Aborted) : [];

        var outcomes = new List<SearchOutcome>(inputs.Count);
        var next = 0;
        foreach (var input in inputs)
        {
            outcomes.Add(input.Scroll is { } scroll
                ? new(scroll.Namespace, Result: null, await ScrollAsync(call, scroll, input.ScrollOffset))
                : new(input.Search!.Namespace, results[next++], Scrolled: []));
        }

        return outcomes;
    }

    private static async Task<List<StoredPoint>> ScrollAsync(ApiCall call, ScrollRequest request, int offset)
    {
        var page = await call.Database.ScrollAsync(request, call.Aborted);
        return [.. page.Points.Skip(offset)];
    }

    /// <summary>A threshold is a score; which distance it means depends on the metric, asked for at most once a
    /// request.</summary>
    private static async Task<List<SearchRequest>> ResolveThresholdsAsync(
        ApiCall call, IReadOnlyList<SearchInput> inputs)
    {
        // Not kept between requests: the collection may be deleted and made anew under another metric at any time.
        CollectionSettings? settings = null;
        var requests = new List<SearchRequest>(inputs.Count);
        foreach (var input in inputs)
        {
            if (input.Search is not { } request) continue;
            if (input.ScoreThreshold is { } threshold)
            {
                settings ??= (await call.Database.GetCollectionAsync(call.Collection, call.Aborted)).Settings;
                // An unknown vector name is the database's to refuse.
                if (settings.Vectors.TryGetValue(request.VectorName, out var vector))
                    request = request with { MaxDistance = Score.MaxDistance(vector.Metric, threshold) };
            }

            requests.Add(request);
        }

        return requests;
    }
}
