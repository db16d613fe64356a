using System.Diagnostics;
using VectorCluster.Embedded;

namespace VectorCluster.Ann.Bench.Filters;

/// <summary>An embedded database of labelled points, in a folder that is kept for the next run.</summary>
internal sealed class LabelledDatabase(VectorDatabase database, LabelledPoints points) : IAsyncDisposable
{
    private const int Batch = 1_000;
    private const string Collection = "bench";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private static readonly IReadOnlyList<int> Widths = WidthsUpTo(1024);

    /// <summary>Of a search without filter whose hits are filtered: as many hits as candidates are asked for.</summary>
    private static readonly IReadOnlyList<int> LargeWidths = WidthsUpTo(10_000);

    /// <param name="isReusing">Whether what an earlier run left in the folder may be searched again.</param>
    public static async Task<LabelledDatabase> OpenAsync(
        LabelledPoints points, int dimension, string folder, bool isReusing)
    {
        if (!isReusing && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var isNew = !Directory.Exists(folder);
        var labelled = new LabelledDatabase(await VectorDatabase.OpenAsync(folder), points);
        if (isNew) await labelled.FillAsync(dimension);
        return labelled;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    /// <summary>As the planner has it.</summary>
    public SearchWay Planned(double share, bool isFar, int[][] truth) => new(
        "filtered search",
        Widths,
        RunnerOf(truth, isFar, (query, width) => IdsAsync(SearchOf(query, share, isFar, width))));

    /// <summary>Every match is looked at.</summary>
    public SearchWay Exact(double share, bool isFar, int[][] truth) => new(
        "scan of the matches",
        [AnnVectors.Neighbours],
        RunnerOf(
            truth, isFar, (query, width) => IdsAsync(SearchOf(query, share, isFar, width) with { Exact = true })));

    /// <summary>A search without filter, whose hits are filtered.</summary>
    public SearchWay FilteredAfterwards(double share, bool isFar, int[][] truth) => new(
        "search, then filter",
        [.. LargeWidths.Where(width => width >= AnnVectors.Neighbours / share)],
        RunnerOf(truth, isFar, async (query, width) =>
        {
            var search = SearchOf(query, share, isFar, width) with { Limit = width, Filter = null };
            var hits = await IdsAsync(search);
            return [.. hits.Where(id => points.Has(id, share, isFar)).Take(AnnVectors.Neighbours)];
        }));

    public async Task<string> PlanAsync(double share, bool isFar, int? width)
    {
        var search = SearchOf(points.Queries(isFar)[0], share, isFar, width) with { Explain = true };
        return (await database.SearchAsync(search)).Plans[0].Plan;
    }

    private static SearchRequest SearchOf(ReadOnlyMemory<float> query, double share, bool isFar, int? width) => new()
    {
        Collection = Collection,
        Query = new NearestQuery(QueryVector.Of(query)),
        Limit = AnnVectors.Neighbours,
        EfSearch = width,
        Filter = Filter.All(new MatchCondition(LabelledPoints.FieldOf(share, isFar), "1")),
    };

    /// <summary>Each about a tenth larger than the one before.</summary>
    private static List<int> WidthsUpTo(int largest)
    {
        var widths = new List<int>();
        for (var width = AnnVectors.Neighbours; width < largest; width += Math.Max(1, width / 10)) widths.Add(width);
        widths.Add(largest);
        return widths;
    }

    private async Task<int[]> IdsAsync(SearchRequest request) =>
        [.. (await database.SearchAsync(request)).Hits.Select(hit => (int)hit.Id.Bits)];

    private Func<int, TimeSpan, Task<SearchPass>> RunnerOf(
        int[][] truth, bool isFar, Func<ReadOnlyMemory<float>, int, Task<int[]>> searchAsync)
    {
        var queries = points.Queries(isFar);
        return async (width, least) =>
        {
            var answers = new int[queries.Count][];
            var asked = 0;
            var began = Stopwatch.GetTimestamp();
            do
            {
                for (var i = 0; i < answers.Length; i++) answers[i] = await searchAsync(queries[i], width);
                asked += answers.Length;
            }
            while (Stopwatch.GetElapsedTime(began) < least);
            var rate = asked / Stopwatch.GetElapsedTime(began).TotalSeconds;
            var found = answers.Zip(truth, (answer, nearest) => answer.Count(nearest.Contains)).Sum();
            var missing = answers.Zip(truth).Count(pair => pair.First.Length < pair.Second.Length);
            return new((double)found / truth.Sum(nearest => nearest.Length), rate, missing);
        };
    }

    private async Task FillAsync(int dimension)
    {
        var settings = new VectorSettings(dimension, DistanceMetric.Cosine)
        {
            Hnsw = new() { M = 16, EfConstruction = 200 },
        };
        await database.CreateCollectionAsync(Collection, new()
        {
            Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal) { [""] = settings },
            PayloadIndexes = LabelledPoints.Fields.ToDictionary(
                field => field, _ => PayloadIndexKind.Keyword, StringComparer.Ordinal),
        });
        foreach (var ids in Enumerable.Range(0, points.Count).Chunk(Batch))
            await database.UpsertAsync(new() { Collection = Collection, Points = [.. ids.Select(points.PointOf)] });
        while ((await database.GetCollectionAsync(Collection)).Status != CollectionStatus.Green)
            await Task.Delay(Interval, TimeProvider.System);
    }
}
