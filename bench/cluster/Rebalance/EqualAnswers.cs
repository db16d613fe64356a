using System.Globalization;
using VectorCluster.Embedded;

namespace VectorCluster.Cluster.Bench;

/// <summary>Whether a cluster answers as the embedded engine does on the same vectors in as many shards.</summary>
internal static class EqualAnswers
{
    private const int Limit = 10;
    private const int BatchPoints = 1_000;
    private const int AtOnce = 4;

    /// <summary>Graphs that were built in another order find slightly other hits.</summary>
    private const double RecallTolerance = 0.005;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public static async Task RunAsync(
        ClusterConnection cluster, string collection, CollectionSettings settings, Words words, Verdicts verdicts)
    {
        var directory = Directory.CreateTempSubdirectory("vectorcluster-bench-").FullName;
        try
        {
            await using var embedded = await VectorDatabase.OpenAsync(directory);
            await Task.WhenAll(
                FillAsync("embedded", embedded, collection, settings, words),
                FillAsync("cluster", cluster.Orleans, collection, settings, words));
            var truth = await AskAsync(embedded, collection, words, isExact: true);
            var graph = RecallOf(await AskAsync(embedded, collection, words, isExact: false), truth);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  recall@{Limit} of graphs, embedded: {graph:N4}"));
            foreach (var (door, database) in new (string, IVectorDatabase)[]
                { ("the Orleans client", cluster.Orleans), ("HTTP", cluster.Http) })
            {
                CompareExact(door, await AskAsync(database, collection, words, isExact: true), truth, verdicts);
                var recall = RecallOf(await AskAsync(database, collection, words, isExact: false), truth);
                verdicts.Add(
                    $"1. recall@{Limit} of graphs, through {door}",
                    Math.Abs(recall - graph) <= RecallTolerance,
                    string.Create(CultureInfo.InvariantCulture, $"{recall:N4}, embedded {graph:N4}"));
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"  recall@{Limit} of graphs, through {door}: {recall:N4}"));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task FillAsync(
        string what, IVectorDatabase database, string collection, CollectionSettings settings, Words words)
    {
        var from = TimeProvider.System.GetTimestamp();
        await database.CreateCollectionAsync(collection, settings);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        await Parallel.ForEachAsync(words.Points.Chunk(BatchPoints), parallel, async (batch, token) =>
            await database.UpsertAsync(new() { Collection = collection, Points = batch }, token));
        var written = TimeProvider.System.GetElapsedTime(from);
        while ((await database.GetCollectionAsync(collection)).Status != CollectionStatus.Green)
            await Task.Delay(Interval, TimeProvider.System);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what}: {words.Vectors.Count:N0} points written in {written.TotalSeconds:N0} s, in graphs after "
            + $"{TimeProvider.System.GetElapsedTime(from).TotalSeconds:N0} s"));
    }

    private static async Task<IReadOnlyList<Hit>[]> AskAsync(
        IVectorDatabase database, string collection, Words words, bool isExact)
    {
        var answers = new IReadOnlyList<Hit>[words.Queries.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        await Parallel.ForAsync(0, answers.Length, parallel, async (i, token) =>
            answers[i] = (await database.SearchAsync(
                new()
                {
                    Collection = collection,
                    Query = new NearestQuery(words.Queries[i]),
                    Limit = Limit,
                    Exact = isExact,
                },
                token)).Hits);
        return answers;
    }

    private static double RecallOf(IReadOnlyList<Hit>[] answers, IReadOnlyList<Hit>[] truth) =>
        answers.Zip(truth, (found, wanted) =>
            (double)found.Select(hit => hit.Id).Intersect(wanted.Select(hit => hit.Id)).Count() / Limit).Average();

    private static void CompareExact(
        string door, IReadOnlyList<Hit>[] answers, IReadOnlyList<Hit>[] truth, Verdicts verdicts)
    {
        var same = answers.Zip(truth, (found, wanted) => found.Select(hit => (hit.Id, hit.Distance))
            .SequenceEqual(wanted.Select(hit => (hit.Id, hit.Distance)))).Count(isSame => isSame);
        verdicts.Add(
            $"1. exact answers, ids and distances, through {door}",
            same == truth.Length,
            string.Create(CultureInfo.InvariantCulture, $"{same:N0} of {truth.Length:N0} equal the embedded engine's"));
    }
}
