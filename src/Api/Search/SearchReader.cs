namespace VectorCluster.Api;

/// <summary>One search as it was read; a scroll where a query named nothing to be near to.</summary>
/// <param name="ScoreThreshold">Still a score: which distance it means depends on the collection's metric.</param>
internal sealed record SearchInput(
    SearchRequest? Search, ScrollRequest? Scroll, int ScrollOffset, double? ScoreThreshold);

/// <summary>Reads the bodies of <c>search</c>, <c>query</c> and <c>recommend</c>, alone or in a batch.</summary>
internal static class SearchReader
{
    /// <summary>Most examples of one recommendation, each of them a point to look up.</summary>
    public const int MaxExamples = 1_000;

    private const int DefaultLimit = 10;

    public static SearchInput ReadSearch(JsonInput body, ApiCall call)
    {
        var (query, vectorName) = QueryReader.ReadSearchVector(body.Require("vector"));
        return Read(body, call, query, vectorName);
    }

    public static SearchInput ReadRecommend(JsonInput body, ApiCall call)
    {
        body.RefuseMember("lookup_from");
        var using_ = body.Find("using")?.AsString() ?? VectorSet.DefaultName;
        return Read(body, call, QueryReader.ReadRecommend(body), using_);
    }

    public static SearchInput ReadQuery(JsonInput body, ApiCall call)
    {
        body.RefuseMember("prefetch");
        body.RefuseMember("lookup_from");
        var vectorName = body.Find("using")?.AsString() ?? VectorSet.DefaultName;
        return body.Find("query") is { } query
            ? Read(body, call, QueryReader.ReadQuery(query), vectorName)
            : ReadScroll(body, call);
    }

    private static SearchInput Read(JsonInput body, ApiCall call, Query query, string vectorName)
    {
        var limit = ReadLimit(body);
        var parameters = body.Find("params");
        var request = new SearchRequest
        {
            Collection = call.Collection,
            Namespace = NamespaceReader.Read(body),
            Timeout = call.Timeout,
            Query = query,
            VectorName = vectorName,
            Limit = limit,
            Offset = ReadOffset(body, limit),
            Filter = FilterReader.ReadOptional(body),
            EfSearch = parameters?.Find("hnsw_ef")?.AsInt32(1, SearchRequest.MaxEfSearch),
            Quantization = QuantizationReader.ReadSearch(parameters),
            Exact = parameters?.Find("exact")?.AsBool() ?? false,
            MaxDistance = ReadMaxDistance(body),
            AllowPartial = call.AllowPartial,
            Explain = call.Explain,
            WithPayload = SelectorReader.ReadPayload(body, whenAbsent: PayloadSelector.None),
            WithVectors = SelectorReader.ReadVectors(body),
        };
        return new(request, Scroll: null, ScrollOffset: 0, body.Find("score_threshold")?.AsDouble());
    }

    /// <summary>A query for nothing in particular: points in the order of their ids, as Qdrant answers it.</summary>
    private static SearchInput ReadScroll(JsonInput body, ApiCall call)
    {
        var limit = ReadLimit(body);
        var offset = ReadOffset(body, limit);
        var request = new ScrollRequest
        {
            Collection = call.Collection,
            Namespace = NamespaceReader.Read(body),
            Timeout = call.Timeout,
            Limit = offset + limit,
            Filter = FilterReader.ReadOptional(body),
            WithPayload = SelectorReader.ReadPayload(body, whenAbsent: PayloadSelector.None),
            WithVectors = SelectorReader.ReadVectors(body),
        };
        return new(Search: null, request, offset, ScoreThreshold: null);
    }

    private static int ReadLimit(JsonInput body) =>
        body.Find("limit")?.AsInt32(1, SearchRequest.MaxHits) ?? DefaultLimit;

    private static int ReadOffset(JsonInput body, int limit) =>
        body.Find("offset")?.AsInt32(0, SearchRequest.MaxHits - limit) ?? 0;

    /// <summary>Ours: the bound in distances, for clients of ours that think in them.</summary>
    private static float? ReadMaxDistance(JsonInput body)
    {
        if (body.Find("max_distance") is not { } input) return null;
        if (body.Find("score_threshold") is { } threshold)
            throw threshold.Error(
                ErrorCodes.InvalidRequest, "Give either `score_threshold` or `max_distance`, not both.");
        return Score.Finite((float)input.AsDouble());
    }
}
