using System.Diagnostics;
using System.Globalization;

namespace VectorCluster.Cluster.Bench;

/// <summary>Very many namespaces of ten points on one silo: how fast they are made, what they leave in memory once
/// idle, and how long the first query of one takes.</summary>
internal static class TenantsBench
{
    private const string Collection = "tenants";
    private const int PointsEach = 10;
    private const int Parallel = 64;
    private const int ColdQueries = 1_000;
    private const int CalmSeconds = 10; // without giving memory back: it has given what it will
    private const long Noise = 1 << 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <param name="processId">Of the silo.</param>
    public static async Task RunAsync(ClusterConnection cluster, int count, int processId)
    {
        await cluster.Orleans.CreateCollectionAsync(
            Collection, CollectionSettings.ForVector(Points.Dimension, DistanceMetric.Cosine));
        await FillAsync(cluster, "warm-up", 0, 100);
        await IdleAsync(cluster, processId);
        var empty = ResidentBytes(processId);

        var from = Stopwatch.GetTimestamp();
        await FillAsync(cluster, "tenant", 0, count);
        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} namespaces of {PointsEach} points made in {seconds:N0} s: {count / seconds:N0} a second"));

        var full = ResidentBytes(processId);
        from = Stopwatch.GetTimestamp();
        await IdleAsync(cluster, processId);
        var idle = ResidentBytes(processId);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"resident: {Mebibytes(empty):N0} MiB empty, {Mebibytes(full):N0} MiB when all were made, "
            + $"{Mebibytes(idle):N0} MiB once all are idle ({Stopwatch.GetElapsedTime(from).TotalSeconds:N0} s later): "
            + $"{Mebibytes(idle - empty):+#,0;-#,0;0} MiB"));

        var (cold, random, source) = (new Latencies(), new Random(1), new Points(seed: 2));
        foreach (var tenant in Enumerable.Range(0, ColdQueries).Select(_ => random.Next(count)).Distinct())
            await cold.MeasureAsync(() => QueryAsync(cluster, tenant, source.Vector()));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"first query of a random one: median {cold.Median / 1e3:N1} ms, p99 {cold.Quantile(0.99) / 1e3:N1} ms, "
            + $"worst {cold.Quantile(1) / 1e3:N1} ms"));
    }

    private static async Task FillAsync(ClusterConnection cluster, string prefix, int from, int to)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallel };
        await System.Threading.Tasks.Parallel.ForAsync(from, to, parallel, async (i, _) =>
        {
            var source = new Points(seed: i);
            await cluster.Orleans.UpsertAsync(new()
            {
                Collection = Collection,
                Namespace = NameOf(prefix, i),
                Points = [.. Enumerable.Range(0, PointsEach).Select(id => new Point(
                    (PointId)(ulong)id, source.Vector(), Payload.From(new { number = id, tenant = i })))],
            });
        });
    }

    private static async Task QueryAsync(ClusterConnection cluster, int tenant, float[] query)
    {
        var found = await cluster.Orleans.SearchAsync(new()
        {
            Collection = Collection,
            Namespace = NameOf("tenant", tenant),
            Query = new NearestQuery(query),
        });
        if (found.Hits.Count != PointsEach)
            throw new InvalidOperationException($"Namespace {tenant} answers {found.Hits.Count} points.");
    }

    /// <summary>Until no shard is in memory and the process has given back what it will.</summary>
    private static async Task IdleAsync(ClusterConnection cluster, int processId)
    {
        var from = Stopwatch.GetTimestamp();
        while ((await cluster.Http.Cluster.GetClusterAsync()).Silos.Sum(silo => silo.ShardCount) > 0)
        {
            if (Stopwatch.GetElapsedTime(from) > Patience) throw new TimeoutException("Shards stay in memory.");
            await Task.Delay(Interval, TimeProvider.System);
        }

        for (var (least, calm) = (long.MaxValue, 0); calm < CalmSeconds; calm++)
        {
            await Task.Delay(Interval, TimeProvider.System);
            var now = ResidentBytes(processId);
            if (now < least - Noise) (least, calm) = (now, 0);
        }
    }

    private static string NameOf(string prefix, int i) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{i}");

    private static double Mebibytes(long bytes) => bytes / 1024.0 / 1024.0;

    private static long ResidentBytes(int processId)
    {
        using var process = Process.GetProcessById(processId);
        return process.WorkingSet64;
    }
}
