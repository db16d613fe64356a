using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace VectorCluster.Api.Tests;

/// <summary>The exposition's text, and its bounded number of series.</summary>
public sealed class MetricsTests : IDisposable
{
    private static readonly ApiRoute Query = new(
        "POST", "/q", ApiRouteKind.Query, "query_points", RouteAccess.Read, _ => Task.CompletedTask);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MetricStore _store;
    private readonly ApiMeter _meter;

    public MetricsTests()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _store = new(factory);
        _store.Start();
        _meter = new(factory);
    }

    public void Dispose()
    {
        _store.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void A_query_is_counted_and_timed()
    {
        _meter.Record(Query, "words", 200, errorCode: null, TimeSpan.FromMilliseconds(3));
        _meter.Record(Query, "words", 400, ErrorCodes.WrongDimension, TimeSpan.FromMilliseconds(300));

        var text = PrometheusText.Write(_store.Collect());

        Assert.Contains("# TYPE http_requests_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "http_requests_total{method=\"POST\",endpoint=\"/q\",status=\"200\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("vector_query_total{collection=\"words\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "vector_query_errors_total{collection=\"words\",code=\"wrong_dimension\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE vector_query_duration_seconds histogram\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "vector_query_duration_seconds_bucket{collection=\"words\",le=\"0.0025\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "vector_query_duration_seconds_bucket{collection=\"words\",le=\"0.005\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "vector_query_duration_seconds_bucket{collection=\"words\",le=\"+Inf\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "vector_query_duration_seconds_sum{collection=\"words\"} 0.303\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "vector_query_duration_seconds_count{collection=\"words\"} 2\n", text, StringComparison.Ordinal);
    }

    // Goal: series are told apart by all their labels. Method: as many as are remembered, and one more; one series that
    // differs from the first in each of its labels, once for the first label, twice for the second and so on.
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Series_differ_in_any_of_their_labels(int count)
    {
        var counter = _services.GetRequiredService<IMeterFactory>().Create("VectorCluster.Test").CreateCounter<int>("c");
        counter.Add(100, Tags(differing: count));
        for (var differing = 0; differing < count; differing++)
            for (var times = 0; times <= differing; times++) counter.Add(1, Tags(differing));

        var series = _store.Collect().Single(family => family.Name == "c").Series
            .ToDictionary(pair => pair.Key, pair => pair.Value.Read().Value, StringComparer.Ordinal);

        Assert.Equal(count + 1, series.Count);
        Assert.Equal(100, series.Single(pair => !pair.Key.Contains('x', StringComparison.Ordinal)).Value);
        for (var differing = 0; differing < count; differing++)
            Assert.Equal(differing + 1, series.Single(pair => pair.Key.Contains($"l{differing}=\"x\"", StringComparison.Ordinal)).Value);

        KeyValuePair<string, object?>[] Tags(int differing) =>
            [.. Enumerable.Range(0, count).Select(i => Tag($"l{i}", i == differing ? "x" : "y"))];
    }

    // Goal: what was counted is told each time, and by all labels. Method: count, and ask twice.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_tally_is_told_by_its_labels_to_each_who_asks(int count)
    {
        var meter = _services.GetRequiredService<IMeterFactory>().Create("VectorCluster.Test");
        var tally = new LabelledTally(meter, "t", "What.", [.. Enumerable.Range(0, count).Select(i => $"l{i}")]);
        string?[] last = [.. Enumerable.Range(0, 3).Select(i => i < count - 1 ? "a" : i == count - 1 ? "b" : null)];
        tally.Increment("a", count > 1 ? "a" : null, count > 2 ? "a" : null);
        for (var times = 0; times < 3; times++) tally.Increment(last[0]!, last[1], last[2]);

        _store.Collect();
        var series = _store.Collect().Single(family => family.Name == "t");

        var names = string.Concat(Enumerable.Range(0, count - 1).Select(i => $"l{i}=\"a\","));
        Assert.Equal(MetricKind.Counter, series.Kind);
        Assert.Equal(
            [($"{names}l{count - 1}=\"a\"", 1.0), ($"{names}l{count - 1}=\"b\"", 3.0)],
            series.Series.Select(pair => (pair.Key, pair.Value.Read().Value)));
    }

    [Fact]
    public void Labels_are_escaped()
    {
        _meter.Record(Query, "a\"b\\c\nd", 200, errorCode: null, TimeSpan.Zero);

        Assert.Contains(
            "vector_query_total{collection=\"a\\\"b\\\\c\\nd\"} 1\n",
            PrometheusText.Write(_store.Collect()),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Collections_past_the_bound_are_counted_together_and_unknown_ones_take_no_place()
    {
        for (var i = 0; i < 500; i++)
            _meter.Record(Query, $"missing-{i}", 404, ErrorCodes.CollectionNotFound, TimeSpan.Zero);
        for (var i = 0; i < 150; i++) _meter.Record(Query, $"real-{i}", 200, errorCode: null, TimeSpan.Zero);

        var series = _store.Collect().Single(family => family.Name == "vector_query_total").Series
            .ToDictionary(pair => pair.Key, pair => pair.Value.Read().Value, StringComparer.Ordinal);

        Assert.Equal(CollectionLabels.MaxCollections + 1, series.Count);
        Assert.Equal(550, series["collection=\"other\""]);
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
