using System.Diagnostics;
using System.Numerics.Tensors;
using VectorCluster.Embedded;

namespace VectorCluster.Ann.Bench.Filters;

/// <summary>Searches of an embedded database with a label that a share of the points has: what the planner chooses,
/// beside a scan of the matches and beside keeping the matches of a search without filter.</summary>
/// <remarks>
/// Labels are independent of the query, or had by the points that lie farthest from it in one direction. Each way of
/// searching is given the smallest width at which it finds 95 % of the true nearest; the median of the rounds counts.
/// What peers need is written to a folder (<see cref="FilterFiles"/>).
/// </remarks>
internal sealed class FilterBench(AnnArguments arguments, AnnVectors all)
{
    private const double WantedRecall = 0.95;
    private const int QueryCount = 200;
    private const int MostKept = 10_000;
    private const int Batch = 1_000;
    private const string Collection = "bench";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private static readonly double[] Shares = [0.5, 0.1, 0.01, 0.001, 0.0001];
    private static readonly int[] Efs = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

    private readonly int[] _independent = new int[arguments.Count]; // each point's rank by chance
    private readonly int[] _along = new int[arguments.Count]; // and along one direction
    private readonly int[] _farQueries = new int[QueryCount]; // those that lie farthest the other way

    public async Task RunAsync()
    {
        Rank();
        var settings = new VectorSettings(all.Dimension, DistanceMetric.Cosine)
        {
            Hnsw = new() { M = 16, EfConstruction = 200 },
        };
        var names = Shares.SelectMany(share => new[] { NameOf(share, false), NameOf(share, true) });
        var indexes = names.ToDictionary(name => name, _ => PayloadIndexKind.Keyword, StringComparer.Ordinal);
        var folder = Directory.CreateTempSubdirectory("vectorcluster-bench-").FullName;
        await using (var database = await VectorDatabase.OpenAsync(folder))
        {
            await FillAsync(database, settings, indexes);
            await MeasureAsync(database);
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task FillAsync(
        VectorDatabase database, VectorSettings settings, IReadOnlyDictionary<string, PayloadIndexKind> indexes)
    {
        var vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal) { [""] = settings };
        await database.CreateCollectionAsync(Collection, new() { Vectors = vectors, PayloadIndexes = indexes });
        foreach (var ids in Enumerable.Range(0, arguments.Count).Chunk(Batch))
        {
            var points = ids.Select(id => new Point(
                PointId.FromNumber((ulong)id), new([new(VectorSet.DefaultName, VectorOf(id))]), PayloadOf(id)));
            await database.UpsertAsync(new() { Collection = Collection, Points = [.. points] });
        }

        while ((await database.GetCollectionAsync(Collection)).Status != CollectionStatus.Green)
            await Task.Delay(Interval, TimeProvider.System);
    }

    private async Task MeasureAsync(VectorDatabase database)
    {
        Console.WriteLine(
            "| label | share | plan | recall@10 | QPS | scan of the matches | search, then filter | of the better |");
        foreach (var isFar in new[] { false, true })
            foreach (var share in Shares) await MeasureAsync(database, share, isFar);
    }

    private static void Tell(FormattableString text) => Console.Write(FormattableString.Invariant(text));

    private static string NameOf(double share, bool isFar) =>
        FormattableString.Invariant($"{(isFar ? "far" : "any")}{share * 10_000:0}");

    private static async Task<(double Recall, double Rate, int Short)> RunAsync(
        IReadOnlyList<int> queries, int[][] truth, Func<int, Task<IEnumerable<int>>> search)
    {
        var (found, wanted, missing) = (0, 0, 0);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < queries.Count; i++)
        {
            var hits = (await search(queries[i])).ToList();
            found += hits.Count(truth[i].Contains);
            wanted += truth[i].Length;
            if (hits.Count < truth[i].Length) missing++;
        }

        var rate = queries.Count / Stopwatch.GetElapsedTime(began).TotalSeconds;
        return ((double)found / wanted, rate, missing);
    }

    private void Rank()
    {
        var random = new Random(7);
        for (var id = 0; id < arguments.Count; id++) _independent[id] = id;
        random.Shuffle(_independent);
        var direction = new float[all.Dimension];
        for (var i = 0; i < direction.Length; i++) direction[i] = random.NextSingle() - 0.5f;
        var order = Enumerable.Range(0, arguments.Count)
            .OrderBy(id => TensorPrimitives.Dot(direction, VectorOf(id).Span)).ToList();
        for (var rank = 0; rank < order.Count; rank++) _along[order[rank]] = rank;
        var queries = Enumerable.Range(0, all.Queried)
            .OrderByDescending(query => TensorPrimitives.Dot(direction, all.Query(query).Span));
        queries.Take(QueryCount).ToArray().CopyTo(_farQueries, 0);
    }

    private bool Has(int id, double share, bool isFar) =>
        (isFar ? _along : _independent)[id] < share * arguments.Count;

    private ReadOnlyMemory<float> VectorOf(int id) => all.Base.AsMemory(id * all.Dimension, all.Dimension);

    private Payload PayloadOf(int id)
    {
        var labels = Shares.SelectMany(share => new[] { LabelOf(share, false), LabelOf(share, true) });
        return Payload.Parse($"{{{string.Join(',', labels)}}}");

        string LabelOf(double share, bool isFar) =>
            $"\"{NameOf(share, isFar)}\":\"{(Has(id, share, isFar) ? 1 : 0)}\"";
    }

    private async Task MeasureAsync(VectorDatabase database, double share, bool isFar)
    {
        var queries = isFar ? _farQueries : [.. Enumerable.Range(0, QueryCount)];
        var filter = Filter.All(new MatchCondition(NameOf(share, isFar), "1"));
        var truth = queries.Select(query => Truth(query, share, isFar)).ToArray();
        if (!isFar) new FilterFiles(arguments.Cache, arguments.Count).Write(share, _independent, truth);
        var ours = await NarrowestAsync(Efs, ef => query => IdsAsync(SearchOf(query) with { EfSearch = ef }));
        var scan = await RunAsync(queries, truth, query => IdsAsync(SearchOf(query) with { Exact = true }));
        var kept = await NarrowestAsync(
            Efs.Concat([2048, 4096, MostKept]).Where(ef => ef >= AnnVectors.Neighbours / share),
            ef => async query =>
            {
                var hits = await IdsAsync(SearchOf(query) with { EfSearch = ef, Limit = ef, Filter = null });
                return hits.Where(id => Has(id, share, isFar)).Take(AnnVectors.Neighbours);
            });
        var search = SearchOf(queries[0]) with { EfSearch = ours?.Width, Explain = true };
        var plan = (await database.SearchAsync(search)).Plans[0].Plan;
        var better = Math.Max(scan.Rate, kept?.Rate ?? 0);
        var label = isFar ? "far from the query" : "independent";
        Tell($"| {label} | {share:P2} | {plan}, ef {ours?.Width} | {ours?.Recall:0.000} ");
        Tell($"| {ours?.Rate:0} | {scan.Rate:0} | {kept?.Rate:0} | {ours?.Rate / better:0.00} |{Environment.NewLine}");
        if (ours?.Short > 0) Console.WriteLine($"{ours?.Short} answers were short");

        SearchRequest SearchOf(int query) => new()
        {
            Collection = Collection,
            Query = new NearestQuery(QueryVector.Of(all.Query(query))),
            Limit = AnnVectors.Neighbours,
            Filter = filter,
        };

        async Task<IEnumerable<int>> IdsAsync(SearchRequest request) =>
            (await database.SearchAsync(request)).Hits.Select(hit => (int)hit.Id.Bits);

        async Task<(int Width, double Recall, double Rate, int Short)?> NarrowestAsync(
            IEnumerable<int> widths, Func<int, Func<int, Task<IEnumerable<int>>>> searchOf)
        {
            foreach (var width in widths)
            {
                var first = await RunAsync(queries, truth, searchOf(width));
                if (first.Recall < WantedRecall) continue;
                var runs = new List<(double Recall, double Rate, int Short)> { first };
                for (var round = 1; round < arguments.Rounds; round++)
                    runs.Add(await RunAsync(queries, truth, searchOf(width)));
                var median = runs.OrderBy(run => run.Rate).ElementAt(runs.Count / 2);
                return (width, median.Recall, median.Rate, median.Short);
            }

            return null;
        }
    }

    private int[] Truth(int query, double share, bool isFar) =>
    [
        .. Enumerable.Range(0, arguments.Count).Where(id => Has(id, share, isFar))
            .OrderByDescending(id => TensorPrimitives.Dot(all.Query(query).Span, VectorOf(id).Span))
            .Take(AnnVectors.Neighbours),
    ];
}
