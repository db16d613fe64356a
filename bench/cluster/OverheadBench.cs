using System.Globalization;

namespace VectorCluster.Cluster.Bench;

/// <summary>What a query costs above the engine's own time: client, messages, coordinator, merge.</summary>
/// <remarks>The engine's time is measured in this process, on the same points, in turns with the cluster's; with
/// several shards it is that of the slowest, each searched while nothing else runs.</remarks>
internal static class OverheadBench
{
    private const int PointsPerShard = 20_000;
    /// <summary>Rounds before those that count: for some thousand calls the runtime compiles what is called often
    /// anew.</summary>
    private const int WarmUpRounds = 50;

    private const int Rounds = 50;
    private const int QueriesPerRound = 100;
    private const int Limit = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(ClusterConnection cluster, int shards)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"bench-{shards}");
        var settings = CollectionSettings.ForVector(Points.Dimension, DistanceMetric.Cosine, shards);
        var source = new Points(seed: 1);
        var points = Enumerable.Range(0, PointsPerShard * shards)
            .Select(i => new Point((PointId)(ulong)i, source.Vector())).ToList();
        await cluster.Orleans.CreateCollectionAsync(name, settings);
        foreach (var batch in points.Chunk(1_000))
            await cluster.Orleans.UpsertAsync(new() { Collection = name, Points = batch });
        var map = Coordinator.Catalogue.ShardMap.Even(shards);
        await using var local = await LocalShards.OpenAsync(settings, points, map.ShardOf);
        while ((await cluster.Orleans.GetCollectionAsync(name)).Status != CollectionStatus.Green)
            await Task.Delay(Interval, TimeProvider.System);

        var (engine, orleans, http) = (new Latencies(), new Latencies(), new Latencies());
        var (orleansAlone, httpAlone) = (new Latencies(), new Latencies());
        for (var round = 0; round < WarmUpRounds + Rounds; round++)
        {
            if (round == WarmUpRounds) (engine, orleans, http) = (new(), new(), new());
            if (round == WarmUpRounds) (orleansAlone, httpAlone) = (new(), new());
            var queries = Enumerable.Range(0, QueriesPerRound).Select(_ => source.Vector()).ToList();
            foreach (var query in queries) engine.Add(await local.SlowestAsync(query, Limit));
            foreach (var query in queries) await orleans.MeasureAsync(() => SearchAsync(cluster.Orleans, name, query));
            foreach (var query in queries) await http.MeasureAsync(() => SearchAsync(cluster.Http, name, query));
            foreach (var _ in queries)
                await orleansAlone.MeasureAsync(() => cluster.Orleans.CollectionExistsAsync(name));
            foreach (var _ in queries) await httpAlone.MeasureAsync(() => cluster.Http.CollectionExistsAsync(name));
        }

        var placed = (await cluster.Http.Cluster.ListShardsAsync(name)).CountBy(shard => shard.Silo)
            .Select(silo => string.Create(CultureInfo.InvariantCulture, $"{silo.Value}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{shards} shards of {PointsPerShard:N0} points, on silos {string.Join(" + ", placed)}; medians of "
            + $"{Rounds * QueriesPerRound:N0} queries, one at a time:"));
        Console.WriteLine(Line("engine, slowest shard alone", engine.Median, engine.Median));
        Console.WriteLine(Line("through the Orleans client", orleans.Median, engine.Median));
        Console.WriteLine(Line("through HTTP", http.Median, engine.Median));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  a call that is answered from a cache: {orleansAlone.Median:N0} µs through the Orleans client, "
            + $"{httpAlone.Median:N0} µs through HTTP"));
    }

    private static Task SearchAsync(IVectorDatabase database, string name, float[] query) => database.SearchAsync(
        new() { Collection = name, Query = new NearestQuery(query), Limit = Limit });

    private static string Line(string what, double median, double engine) => string.Create(
        CultureInfo.InvariantCulture, $"  {what,-30} {median,8:N0} µs   + {median - engine,6:N0} µs");
}
