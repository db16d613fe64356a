using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Reads what the hits shall be near to, in the shapes of <c>search</c>, <c>query</c> and
/// <c>recommend</c>.</summary>
internal static class QueryReader
{
    /// <summary>The <c>vector</c> of a search: a list of numbers, or one with the name of the vector that is
    /// searched.</summary>
    public static (Query Query, string VectorName) ReadSearchVector(JsonInput vector)
    {
        if (vector.Kind != JsonValueKind.Object)
            return (new NearestQuery(FloatArray.Read(vector)), VectorSet.DefaultName);
        if (vector.Find("name") is null) throw vector.Unsupported("Sparse vectors and inference are not supported.");
        return (new NearestQuery(PointReader.ReadDense(vector.Require("vector"))), vector.Require("name").AsString());
    }

    /// <summary>The <c>query</c> of a query: a vector, an id, or an object that says what to do with such.</summary>
    public static Query ReadQuery(JsonInput query)
    {
        if (query.Kind != JsonValueKind.Object) return new NearestQuery(ReadVector(query));
        if (query.Find("nearest") is { } nearest)
        {
            query.RefuseMember("mmr");
            query.AllowOnly("nearest", "mmr");
            return new NearestQuery(ReadVector(nearest));
        }

        if (query.Find("recommend") is { } recommend)
        {
            query.AllowOnly("recommend");
            return ReadRecommend(recommend);
        }

        throw query.Unsupported(
            "A query is a vector, a point id, `nearest` or `recommend`; other kinds are not supported.");
    }

    /// <summary><c>positive</c>, <c>negative</c> and <c>strategy</c>, wherever they stand.</summary>
    public static RecommendQuery ReadRecommend(JsonInput input)
    {
        input.RequireObject();
        if (input.Find("strategy") is { } strategy && strategy.AsString() != "average_vector")
            throw strategy.Unsupported("The only supported strategy is average_vector.");
        var positive = ReadVectors(input.Require("positive"));
        return positive.Length > 0
            ? new(positive, input.Find("negative") is { } negative ? ReadVectors(negative) : [])
            : throw input.Require("positive").Error(
                ErrorCodes.InvalidRequest, "At least one positive example is needed.");
    }

    private static QueryVector[] ReadVectors(JsonInput input) => input.ReadItems(ReadVector, SearchReader.MaxExamples);

    private static QueryVector ReadVector(JsonInput input) => input.Kind switch
    {
        JsonValueKind.Array => FloatArray.Read(input),
        JsonValueKind.Object => throw input.Unsupported("Sparse vectors and inference are not supported."),
        _ => PointIdReader.Read(input),
    };
}
