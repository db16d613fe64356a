namespace VectorCluster.Api;

/// <summary>One of the shapes in which Qdrant's API asks for nearest points.</summary>
/// <param name="Locate">Turns a place in a query, as the database names it, into one in this shape.</param>
/// <param name="IsQuery">The answer's points stand in an object; false: in a bare list.</param>
internal sealed record SearchForm(
    Func<JsonInput, ApiCall, SearchInput> Read, Func<string, string> Locate, bool IsQuery)
{
    public static SearchForm Search { get; } = new(
        SearchReader.ReadSearch, path => Moved(path, from: "$.query", to: "$.vector"), IsQuery: false);

    public static SearchForm Recommend { get; } = new(
        SearchReader.ReadRecommend, path => Moved(path, from: "$.query.recommend", to: "$"), IsQuery: false);

    public static SearchForm Query { get; } = new(SearchReader.ReadQuery, path => path, IsQuery: true);

    private static string Moved(string path, string from, string to) =>
        path.StartsWith(from, StringComparison.Ordinal) ? string.Concat(to, path.AsSpan(from.Length)) : path;
}
