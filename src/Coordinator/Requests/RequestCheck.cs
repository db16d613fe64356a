namespace VectorCluster.Coordinator.Requests;

/// <summary>Checks whole requests, once, before anything is sent to a shard.</summary>
internal static class RequestCheck
{
    /// <summary>Most ids in one request.</summary>
    public const int MaxIds = 100_000;

    public static void Upsert(UpsertRequest request, CollectionSettings settings)
    {
        Check.Namespace(request.Namespace);
        Check.InRange(request.Points.Count, 0, UpsertRequest.MaxPoints, "The number of points", "$.points");
        for (var i = 0; i < request.Points.Count; i++) Point(request.Points[i], settings, $"$.points[{i}]");
    }

    public static void Selector(PointSelector selector)
    {
        if (selector is PointIdsSelector ids)
            Check.InRange(ids.Ids.Count, 0, MaxIds, "The number of points", "$.points");
        else FilterCheck.Check(((PointFilterSelector)selector).Filter);
    }

    public static void Get(GetPointsRequest request)
    {
        Read(request);
        Check.InRange(request.Ids.Count, 0, MaxIds, "The number of ids", "$.ids");
    }

    public static void Scroll(ScrollRequest request)
    {
        Read(request);
        Check.InRange(request.Limit, 1, ScrollRequest.MaxLimit, "The limit", "$.limit");
        FilterCheck.Check(request.Filter);
    }

    public static void Count(CountRequest request)
    {
        Read(request);
        FilterCheck.Check(request.Filter);
    }

    public static void Search(SearchRequest request, CollectionSettings settings)
    {
        Read(request);
        Check.InRange(request.Limit, 1, SearchRequest.MaxHits, "The limit", "$.limit");
        Check.InRange(request.Offset, 0, SearchRequest.MaxHits - request.Limit, "The offset", "$.offset");
        if (request.EfSearch is { } ef) Check.InRange(ef, 1, SearchRequest.MaxEfSearch, "efSearch", "$.params.hnsw_ef");
        Check.Oversampling(request.Quantization?.Oversampling, "$.params.quantization.oversampling");
        if (request.MaxDistance is { } distance && float.IsNaN(distance))
            throw Check.Invalid(ErrorCodes.OutOfRange, "The score threshold is not a number.", "$.score_threshold");
        FilterCheck.Check(request.Filter);
        Query(request.Query, VectorOf(request.VectorName, settings, "$.using").Dimension);
    }

    private static void Read(ReadRequest request)
    {
        Check.Namespace(request.Namespace);
        Check.Timeout(request.Timeout);
    }

    private static VectorSettings VectorOf(string name, CollectionSettings settings, string path) =>
        settings.Vectors.TryGetValue(name, out var vector)
            ? vector
            : throw Check.Invalid(ErrorCodes.UnknownVector, $"Not existing vector name error: {name}", path);

    private static void Query(Query query, int dimension)
    {
        switch (query)
        {
            case NearestQuery nearest:
                QueryVector(nearest.Vector, dimension, "$.query");
                break;
            case RecommendQuery recommend:
                Check.InRange(recommend.Positive.Count, 1, 1_000, "The number of positive examples",
                    "$.query.recommend.positive");
                Check.InRange(recommend.Negative.Count, 0, 1_000, "The number of negative examples",
                    "$.query.recommend.negative");
                for (var i = 0; i < recommend.Positive.Count; i++)
                    QueryVector(recommend.Positive[i], dimension, $"$.query.recommend.positive[{i}]");
                for (var i = 0; i < recommend.Negative.Count; i++)
                    QueryVector(recommend.Negative[i], dimension, $"$.query.recommend.negative[{i}]");
                break;
            default:
                throw Check.Invalid(ErrorCodes.Unsupported, $"Unknown query {query.GetType().Name}.", "$.query");
        }
    }

    private static void QueryVector(QueryVector vector, int dimension, string path)
    {
        if (vector.Id is null) Check.Vector(vector.Values.Span, dimension, path);
    }

    private static void Point(Point point, CollectionSettings settings, string path)
    {
        foreach (var (name, vector) in point.Vectors)
        {
            var vectorPath = name.Length == 0 ? path + ".vector" : $"{path}.vector['{name}']";
            Check.Vector(vector.Span, VectorOf(name, settings, vectorPath).Dimension, vectorPath);
        }
    }
}
