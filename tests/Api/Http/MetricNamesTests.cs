using System.Text.RegularExpressions;

namespace VectorCluster.Api.Tests;

/// <summary>What a server in use tells at /metrics.</summary>
public sealed partial class MetricNamesTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly string[] Names =
    [
        "http_requests_total", "vector_query_duration_seconds", "vector_query_total", "vector_query_errors_total",
        "vector_operation_duration_seconds", "vector_operation_errors_total", "vector_count_per_namespace",
        "vector_namespaces_total", "vector_database_size", "vector_shards_open", "vector_shard_memory_bytes",
        "vector_shard_search_duration_seconds", "vector_shard_visited_total", "vector_shard_open_duration_seconds",
        "vector_wal_commits_total", "vector_wal_records_total", "vector_wal_bytes_total", "vector_wal_failures_total",
        "vector_wal_commit_duration_seconds", "vector_checkpoints_total", "vector_checkpoint_bytes_total",
        "vector_checkpoint_failures_total", "vector_checkpoint_duration_seconds", "process_resident_memory_bytes",
    ];

    [Fact]
    public async Task Every_metric_that_is_promised_is_there_and_counts()
    {
        await server.Client.CreateCollectionAsync("metrics", CollectionSettings.ForVector(2, DistanceMetric.Dot));
        await server.Client.UpsertAsync(new()
        {
            Collection = "metrics",
            Namespace = "tenant \"a\"",
            Points = [new(1UL, new float[] { 1, 2 }), new(2UL, new float[] { 2, 1 })],
        });
        var search = new SearchRequest
        {
            Collection = "metrics",
            Namespace = "tenant \"a\"",
            Query = new NearestQuery(new float[] { 1, 1 }),
        };
        await server.Client.SearchAsync(search);

        var text = await server.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));

        Assert.All(Names, name => Assert.Contains($"# TYPE {name} ", text, StringComparison.Ordinal));
        Assert.Contains(
            "vector_count_per_namespace{collection=\"metrics\",namespace=\"tenant \\\"a\\\"\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("vector_query_total{collection=\"metrics\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("vector_shard_search_duration_seconds_count{plan=\"scan\"} ", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(Nothing("vector_wal_bytes_total"), text);
        Assert.All(text.TrimEnd().Split('\n'), line => Assert.Matches(Exposition(), line));
    }

    // Goal: an alert on an increase sees the first failure, which it would not if the counter came into being with it.
    [Theory]
    [InlineData("vector_wal_failures_total")]
    [InlineData("vector_checkpoint_failures_total")]
    public async Task Failures_are_counted_before_there_are_any(string name)
    {
        var text = await server.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));

        Assert.Matches($"(?m)^{name} [0-9]+$", text);
    }

    // Goal: what is gone is not told for ever. Method: a namespace that is deleted.
    [Fact]
    public async Task A_namespace_that_is_gone_has_no_series()
    {
        await server.Client.CreateCollectionAsync("gone", CollectionSettings.ForVector(1, DistanceMetric.Dot));
        await server.Client.UpsertAsync(
            new() { Collection = "gone", Namespace = "t", Points = [new(1UL, new float[] { 1 })] });
        var before = await server.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        await server.Client.DeleteCollectionAsync("gone");

        var after = await server.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));

        Assert.Contains("vector_count_per_namespace{collection=\"gone\",namespace=\"t\"} 1\n", before, StringComparison.Ordinal);
        Assert.DoesNotContain("vector_count_per_namespace{collection=\"gone\"", after, StringComparison.Ordinal);
    }

    private static string Nothing(string name) => $"(?m)^{name} 0$";

    [GeneratedRegex(
        """^(?:# (?:HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .+|[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{.*\})? [-+0-9.eEIinfNa]+)$""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 5000)]
    private static partial Regex Exposition();
}
