using System.Collections.Concurrent;
using System.Diagnostics;
using VectorCluster.Cluster.Tests.Processes;
using VectorCluster.Storage.Postgres;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Cluster.Tests.Telemetry;

/// <summary>Traces as a receiver of OTLP gets them from two silos over PostgreSQL.</summary>
public sealed class TraceTests
{
    private const string Search = "POST /collections/{collection}/points/query";
    private const string Upsert = "PUT /collections/{collection}/points";
    private const string Engine = "VectorCluster.Engine";

    /// <summary>More than one silo gets when none of them is large.</summary>
    private const int Shards = 8;

    // Goal: one trace of a request shows its whole path: client, HTTP, coordinator, shards on both silos, store.
    // Method: a client with a span of its own writes to and searches a collection whose shards lie on both silos.
    [Fact]
    public async Task A_trace_shows_a_request_from_the_client_to_the_store_over_two_silos()
    {
        await using var receiver = new OtlpReceiver();
        var sent = new ConcurrentQueue<Activity>();
        using var listener = ListenToHttpClients(sent);
        var server = await PostgresServer.SharedAsync();
        await using var database = await server.CreateDatabaseAsync(text => PostgresDatabase.MigrateAsync(text));
        (string, string)[] settings =
        [
            ("Postgres", database.ConnectionString), ("AdvertisedIP", "127.0.0.1"), .. receiver.Variables,
            ("Telemetry__SlowSearch", "00:00:00.0000001"),
        ];
        await using var first = await SiloProcess.StartAsync(settings);
        await using var second = await SiloProcess.StartAsync(settings);
        await Eventually.IsAsync(() => first.Http.Cluster.GetClusterAsync(), cluster => cluster.Silos.Count == 2);

        var (upsert, search) = await UseAsync(first);
        var silos = (await first.Http.Cluster.ListShardsAsync("docs")).Select(shard => shard.Silo).Distinct().Count();
        await Eventually.IsAsync(
            () => Task.FromResult(Describe(receiver.Spans)),
            _ => IsWhole(receiver.Spans, upsert, Upsert) && IsWhole(receiver.Spans, search, Search));

        Assert.Equal(2, silos);
        AssertSearch(OfTrace(receiver, search), search, sent);
        AssertUpsert(OfTrace(receiver, upsert));
        Assert.DoesNotContain(receiver.Spans, span => span.Tags.GetValueOrDefault("http.route") == "/healthz");
        await Eventually.IsAsync(
            () => Task.FromResult((Metrics: receiver.Got("/v1/metrics"), Logs: receiver.Got("/v1/logs"))),
            got => got is { Metrics: true, Logs: true });
        Assert.Contains("plan by shard: 0: scan, ", first.Output, StringComparison.Ordinal);
        Assert.Contains($"trace {search.TraceId}", first.Output, StringComparison.Ordinal);
    }

    private static async Task<(Activity Upsert, Activity Search)> UseAsync(SiloProcess silo)
    {
        await silo.Http.CreateCollectionAsync("docs", CollectionSettings.ForVector(2, DistanceMetric.Dot, Shards));
        using var health = await new HttpClient { BaseAddress = silo.Address }.GetAsync(new Uri("healthz", UriKind.Relative));
        var upsert = await TraceAsync(() => silo.Http.UpsertAsync(new()
        {
            Collection = "docs",
            Points = [.. Enumerable.Range(0, 100).Select(i => new Point((ulong)i, new float[] { i, 1 }))],
        }));
        var query = new NearestQuery(new float[] { 1, 1 });
        return (upsert, await TraceAsync(() => silo.Http.SearchAsync(new() { Collection = "docs", Query = query })));
    }

    /// <summary>.NET's own spans of the client's requests.</summary>
    private static ActivityListener ListenToHttpClients(ConcurrentQueue<Activity> sent)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "System.Net.Http",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = sent.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>Runs a call within a span of the client's own, which is sampled.</summary>
    private static async Task<Activity> TraceAsync(Func<Task> call)
    {
        var activity = new Activity("client").SetIdFormat(ActivityIdFormat.W3C);
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        activity.Start();
        await call();
        activity.Stop();
        return activity;
    }

    private static List<ReceivedSpan> OfTrace(OtlpReceiver receiver, Activity client) =>
        [.. receiver.Spans.Where(span => span.TraceId == client.TraceId.ToHexString())];

    private static string Describe(IReadOnlyList<ReceivedSpan> spans) => string.Join('\n', spans.Select(span =>
        $"{span.TraceId} {span.ParentId} {span.SpanId} {span.Process} {span.Source}: {span.Name}"));

    /// <summary>Spans come in any order: each is sent some time after it has ended, by each silo apart.</summary>
    private static bool IsWhole(IReadOnlyList<ReceivedSpan> spans, Activity client, string root)
    {
        var own = spans.Where(span => span.TraceId == client.TraceId.ToHexString()).ToList();
        return own.Find(span => span.Name == root) is { } http
            && own.Count(span => span.Source == Engine && span.Name is "search shard" or "store append"
                && Ancestors(own, span).Contains(http.SpanId)) == Shards;
    }

    private static void AssertSearch(
        List<ReceivedSpan> trace, Activity client, IReadOnlyCollection<Activity> sent)
    {
        var http = Assert.Single(trace, span => span.Name == Search);
        var coordinator = Assert.Single(trace, span => span.Name == "search");
        var shards = trace.Where(span => span.Name == "search shard").ToList();

        Assert.Equal("query_points", http.Tags["vectorcluster.operation"]);
        Assert.Equal(http.SpanId, coordinator.ParentId);
        var request = Assert.Single(sent, activity => activity.SpanId.ToHexString() == http.ParentId);
        Assert.Equal(client.SpanId, request.ParentSpanId);
        Assert.Equal(Shards, shards.Count);
        Assert.Equal(2, shards.Select(span => span.Process).Distinct().Count());
        Assert.All(shards, span =>
        {
            Assert.Contains(coordinator.SpanId, Ancestors(trace, span));
            Assert.Equal(("docs", "scan"), (span.Tags["db.collection.name"], span.Tags["vectorcluster.plan"]));
        });
        Assert.Equal(100, shards.Sum(span => int.Parse(span.Tags["vectorcluster.visited"])));
    }

    private static void AssertUpsert(List<ReceivedSpan> trace)
    {
        var http = Assert.Single(trace, span => span.Name == Upsert);
        var appends = trace.Where(span => span.Name == "store append").ToList();

        Assert.Equal(Shards, appends.Count);
        Assert.All(appends, span => Assert.Contains(http.SpanId, Ancestors(trace, span)));
        Assert.Contains(trace, span => span.Source == "Npgsql" && Ancestors(trace, span).Contains(appends[0].SpanId));
        Assert.Contains(trace, span => span.Name == "open shard");
    }

    /// <summary>Ids from a span's parent up to where the trace ends here.</summary>
    private static List<string> Ancestors(List<ReceivedSpan> trace, ReceivedSpan span)
    {
        var ids = new List<string>();
        for (var next = span; next is not null;)
        {
            ids.Add(next.ParentId);
            next = trace.Find(other => other.SpanId == ids[^1]);
        }

        return ids;
    }
}
