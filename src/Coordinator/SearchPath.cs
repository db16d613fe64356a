using VectorCluster.Coordinator.Requests;
using VectorCluster.Coordinator.Telemetry;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Telemetry;

namespace VectorCluster.Coordinator;

/// <summary>Searches: the query resolved to a vector, fanned out, merged by distance then id, and the winners
/// fetched.</summary>
internal sealed class SearchPath(
    Catalogue.Catalogue catalogue, ShardCaller shards, ReadPath reads, TimeProvider time)
{
    /// <summary>Points fetched from a shard in one call, so that payloads of many hits do not make one huge
    /// answer.</summary>
    private const int FetchPage = 256;

    /// <summary>Whom to tell of searches that took long; null: nobody.</summary>
    public SlowSearches? Slow { get; set; }

    /// <param name="isAlone">Whether the caller starts nothing else before it has the answer.</param>
    public async Task<SearchResult> SearchAsync(
        SearchRequest request, bool isAlone, CancellationToken cancellationToken)
    {
        using var activity = CoordinatorTelemetry.Start("search", request.Collection, request.Namespace);
        var began = time.GetTimestamp();
        var settings = await catalogue.GetForReadAsync(request.Collection, cancellationToken);
        RequestCheck.Search(request, settings);
        var metric = settings.Vectors[request.VectorName].Metric;
        var map = await catalogue.FindMapForReadAsync(request.Collection, request.Namespace, cancellationToken);
        var (query, filter) = await ResolveAsync(request, cancellationToken);
        if (map is null) return new(metric, [], []);
        var shardIds = ReadPath.ShardsOf(request, map);
        var search = ToShardSearch(request, query, filter, fetchesAtOnce: shardIds.Count == 1);
        var timeout = request.Timeout ?? ReadPath.DefaultTimeout;
        var answers = await shards.FanOutAsync(
            shardIds,
            settings,
            async (shard, client, token) =>
            {
                var isLast = shard == shardIds[^1]; // to be called
                return (await client.SearchAsync([search], isAlone && isLast, token))[0];
            },
            timeout,
            request.AllowPartial,
            cancellationToken);
        var winners = Merge(answers).Skip(request.Offset).Take(request.Limit).ToList();
        if (shardIds.Count > 1 && WantsPoints(request))
            winners = await FetchAsync(request, settings, winners, timeout, cancellationToken);
        if (Slow is { } slow && time.GetElapsedTime(began) is var took && took >= slow.Threshold)
            slow.Report(Describe(request, took, answers));
        return new(metric, winners.ConvertAll(winner => ToHit(winner.Hit)), answers.Missing)
        {
            Plans = request.Explain ? PlansOf(answers) : [],
        };
    }

    private static List<ShardPlan> PlansOf(ShardAnswers<ShardHits> answers) =>
    [
        .. answers.Answers.OrderBy(answer => answer.Shard.Index).Select(answer =>
            new ShardPlan(answer.Shard, PlanNames.Of(answer.Answer.Plan), answer.Answer.Visited)),
    ];

    private static SlowSearch Describe(SearchRequest request, TimeSpan took, ShardAnswers<ShardHits> answers) => new(
        request.Collection,
        request.Namespace,
        took,
        request.Limit,
        request.Filter is { IsEmpty: false },
        [.. answers.Answers.Select(answer => (answer.Shard.Index, answer.Answer.Plan, answer.Answer.Visited))]);

    private static bool WantsPoints(SearchRequest request) =>
        request.WithPayload.Selection != PayloadSelection.None || !request.WithVectors.IsNone;

    private static ShardSearch ToShardSearch(
        SearchRequest request, ReadOnlyMemory<float> query, Filter? filter, bool fetchesAtOnce) => new()
        {
            VectorName = request.VectorName,
            Query = query,
            Count = request.Offset + request.Limit,
            EfSearch = request.EfSearch,
            Quantization = request.Quantization,
            Exact = request.Exact,
            Filter = filter,
            MaxDistance = request.MaxDistance,
            WithPayload = fetchesAtOnce ? request.WithPayload : PayloadSelector.None,
            WithVectors = fetchesAtOnce ? request.WithVectors : VectorSelector.None,
        };

    private static IEnumerable<(ShardId Shard, ShardHit Hit)> Merge(ShardAnswers<ShardHits> answers) =>
        answers.Answers
            .SelectMany(answer => answer.Answer.Hits.Select(hit => (answer.Shard, Hit: hit)))
            .OrderBy(winner => winner.Hit.Distance)
            .ThenBy(winner => winner.Hit.Id);

    private static Hit ToHit(ShardHit hit) => new(
        hit.Id, hit.Distance, hit.Point?.Version ?? hit.Version, hit.Point?.Payload, hit.Point?.Vectors);

    /// <summary>The vector to search for, and the filter that keeps the points it came from out of the hits.</summary>
    private async Task<(ReadOnlyMemory<float> Query, Filter? Filter)> ResolveAsync(
        SearchRequest request, CancellationToken cancellationToken)
    {
        var examples = request.Query switch
        {
            NearestQuery nearest => [nearest.Vector],
            RecommendQuery recommend => [.. recommend.Positive, .. recommend.Negative],
            _ => Array.Empty<QueryVector>(),
        };
        var ids = examples.Where(example => example.Id is not null).Select(example => example.Id!.Value).ToList();
        var stored = ids.Count == 0 ? [] : await VectorsOfAsync(request, ids, cancellationToken);
        var filter = ids.Count == 0
            ? request.Filter
            : new() { Must = request.Filter is { } given ? [given] : [], MustNot = [new HasIdCondition(ids)] };
        return (Combine(request.Query, example => example.Id is { } id ? stored[id] : example.Values), filter);
    }

    private static ReadOnlyMemory<float> Combine(Query query, Func<QueryVector, ReadOnlyMemory<float>> vectorOf)
    {
        if (query is NearestQuery nearest) return vectorOf(nearest.Vector);
        var recommend = (RecommendQuery)query;
        var positive = Average([.. recommend.Positive.Select(vectorOf)]);
        if (recommend.Negative.Count == 0) return positive;
        var negative = Average([.. recommend.Negative.Select(vectorOf)]);
        for (var i = 0; i < positive.Length; i++) positive[i] += positive[i] - negative[i];
        return positive;
    }

    private static float[] Average(IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        var average = new float[vectors[0].Length];
        foreach (var vector in vectors)
            for (var i = 0; i < average.Length; i++) average[i] += vector.Span[i] / vectors.Count;
        return average;
    }

    private async Task<Dictionary<PointId, ReadOnlyMemory<float>>> VectorsOfAsync(
        SearchRequest request, IReadOnlyList<PointId> ids, CancellationToken cancellationToken)
    {
        var points = await reads.GetAsync(
            new()
            {
                Collection = request.Collection,
                Namespace = request.Namespace,
                Ids = [.. ids.Distinct()],
                Timeout = request.Timeout,
                WithPayload = PayloadSelector.None,
                WithVectors = new([request.VectorName]),
            },
            cancellationToken);
        var vectors = new Dictionary<PointId, ReadOnlyMemory<float>>();
        foreach (var point in points)
            if (point.Vectors!.TryGet(request.VectorName, out var vector)) vectors[point.Id] = vector;
        foreach (var id in ids)
            if (!vectors.ContainsKey(id)) throw NotFoundException.Point(id);
        return vectors;
    }

    /// <summary>Fetches payloads and vectors of the winners alone, each shard's in pages.</summary>
    private async Task<List<(ShardId Shard, ShardHit Hit)>> FetchAsync(
        SearchRequest request,
        CollectionSettings settings,
        List<(ShardId Shard, ShardHit Hit)> winners,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        var hitsOf = winners.ToLookup(
            winner => winner.Shard, winner => new ShardPlace(winner.Hit.Id, winner.Hit.Place));
        var answers = await shards.FanOutAsync(
            [.. hitsOf.Select(group => group.Key)],
            settings,
            async (shard, client, token) =>
            {
                var points = new Dictionary<PointId, StoredPoint>();
                foreach (var page in hitsOf[shard].Chunk(FetchPage))
                    foreach (var (hit, point) in page.Zip(
                        await client.FetchAsync(page, request.WithPayload, request.WithVectors, token)))
                        points[hit.Id] = point;
                return points;
            },
            timeout,
            allowPartial: false,
            cancellationToken);
        var pointsOf = answers.Answers.ToDictionary(answer => answer.Shard, answer => answer.Answer);
        return winners.ConvertAll(winner =>
            (winner.Shard, winner.Hit with { Point = pointsOf[winner.Shard][winner.Hit.Id] }));
    }
}
