using System.Diagnostics;
using System.Globalization;
using VectorCluster.Embedded;
using VectorCluster.Storage;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Storage.Bench;

/// <summary>Queries of namespaces of 1,000 points that are not in memory, among very many others.</summary>
internal static class ColdOpenBench
{
    private const string Collection = "tenants";
    private const int Dimension = 100;
    private const int ColdNamespaces = 500;
    private const int ColdPoints = 1_000;
    private const int OtherPoints = 10;
    private const int Session = 2_000; // namespaces that are open at a time while they are made
    private const int Parallel = 16;

    public static async Task RunAsync(PostgresOptions options, int others)
    {
        await using (var database = await OpenAsync(options))
            await database.CreateCollectionAsync(
                Collection, CollectionSettings.ForVector(Dimension, DistanceMetric.Cosine));
        var started = Stopwatch.GetTimestamp();
        for (var first = 0; first < others; first += Session)
            await FillAsync(options, "other", first, Math.Min(others, first + Session), OtherPoints);
        await FillAsync(options, "cold", 0, ColdNamespaces, ColdPoints);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{others:N0} namespaces of {OtherPoints} points and {ColdNamespaces} of {ColdPoints}, in {seconds:N0} s"));
        await MeasureAsync(options);
    }

    private static async Task<VectorDatabase> OpenAsync(PostgresOptions options) =>
        await VectorDatabase.OpenAsync(await DatabaseStores.OpenPostgresAsync(options));

    private static async Task FillAsync(PostgresOptions options, string prefix, int from, int to, int points)
    {
        await using var database = await OpenAsync(options);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallel };
        await System.Threading.Tasks.Parallel.ForAsync(from, to, parallel, async (i, _) =>
        {
            var random = new Random(i);
            await database.UpsertAsync(new()
            {
                Collection = Collection,
                Namespace = $"{prefix}-{i}",
                Points = [.. Enumerable.Range(0, points).Select(id => new Point(
                    (PointId)(ulong)id, Vector(random), Payload.From(new { number = id, tenant = i })))],
            });
        });
    }

    private static async Task MeasureAsync(PostgresOptions options)
    {
        await using var database = await OpenAsync(options);
        var random = new Random(1);
        var milliseconds = new List<double>();
        for (var i = 0; i < ColdNamespaces; i++)
        {
            var query = new NearestQuery(Vector(random));
            var started = Stopwatch.GetTimestamp();
            var found = await database.SearchAsync(new()
            {
                Collection = Collection,
                Namespace = $"cold-{i}",
                Query = query,
                Limit = 10,
                WithPayload = PayloadSelector.All,
            });
            milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (found.Hits.Count != 10) throw new InvalidOperationException("A namespace is not whole.");
        }

        milliseconds.RemoveRange(0, 20); // the program warms up
        milliseconds.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"query of a cold namespace, ms: median {At(0.5):N1}, p99 {At(0.99):N1}, worst {milliseconds[^1]:N1}"));

        double At(double share) => milliseconds[(int)(share * milliseconds.Count)];
    }

    private static float[] Vector(Random random) =>
        [.. Enumerable.Range(0, Dimension).Select(_ => (float)random.NextDouble() - 0.5f)];
}
