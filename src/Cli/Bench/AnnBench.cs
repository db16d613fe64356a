using VectorCluster.Embedded;

namespace VectorCluster.Cli;

/// <summary>Builds an index of its own in a temporary directory, and sweeps efSearch over it.</summary>
internal sealed class AnnBench(AnnData data, TimeProvider time)
{
    private const string Collection = "bench";
    private const int K = 10;

    /// <summary>Each efSearch runs whole passes over the queries until it ran so long: a shorter time measures
    /// noise.</summary>
    private static readonly TimeSpan MinMeasured = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    public required DistanceMetric Metric { get; init; }

    public required HnswOptions Hnsw { get; init; }

    public required int Shards { get; init; }

    public required int Threads { get; init; }

    public required IReadOnlyList<int> EfSearch { get; init; }

    public async Task<AnnReport> RunAsync(string name, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("vectorcluster-bench-").FullName;
        try
        {
            var options = new VectorDatabaseOptions { SearchThreads = Threads };
            await using var database = await VectorDatabase.OpenAsync(directory, options, time, cancellationToken);
            var buildTime = await BuildAsync(database, cancellationToken);
            var truth = await FindTruthAsync(database, cancellationToken);
            var sweep = new List<AnnSweepRow>();
            await MeasureAsync(database, truth, EfSearch[0], cancellationToken); // until the code is compiled for speed
            foreach (var ef in EfSearch) sweep.Add(await MeasureAsync(database, truth, ef, cancellationToken));
            return new(
                name, data.Points.Count, data.Dimension, data.Queries.Count, Metric.ToString(), Hnsw.M,
                Hnsw.EfConstruction, Shards, Threads, Math.Round(buildTime.TotalSeconds, 3), sweep);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>From the first write until every vector is in the graph.</summary>
    private async Task<TimeSpan> BuildAsync(VectorDatabase database, CancellationToken cancellationToken)
    {
        var vector = new VectorSettings(data.Dimension, Metric) { Hnsw = Hnsw };
        var settings = CollectionSettings.ForVector(data.Dimension, Metric, Shards) with
        {
            Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
            {
                [VectorSet.DefaultName] = vector,
            },
        };
        await database.CreateCollectionAsync(Collection, settings, cancellationToken);
        var meter = new ProgressMeter("vectors in the graph", data.Points.Count, start: 0, time);
        await ProgressDisplay.RunAsync(
            "Building",
            meter,
            time,
            async () =>
            {
                var writing = WriteAsync(database, cancellationToken);
                while (true)
                {
                    var wasWritten = writing.IsCompleted; // asked before the state, so that all of it is in there
                    if (wasWritten) await writing;
                    var info = await database.GetCollectionAsync(Collection, cancellationToken);
                    meter.Report(info.IndexedVectorCount);
                    if (wasWritten && info.Status != CollectionStatus.Yellow) return;
                    await Task.Delay(PollInterval, time, cancellationToken);
                }
            });
        return meter.Elapsed;
    }

    private async Task WriteAsync(VectorDatabase database, CancellationToken cancellationToken)
    {
        const int BatchPoints = 1_000;
        for (var start = 0; start < data.Points.Count; start += BatchPoints)
        {
            var count = Math.Min(BatchPoints, data.Points.Count - start);
            var points = new Point[count];
            for (var i = 0; i < count; i++) points[i] = new((ulong)(start + i), data.Points[start + i]);
            await database.UpsertAsync(new() { Collection = Collection, Points = points }, cancellationToken);
        }
    }

    private async Task<HashSet<PointId>[]> FindTruthAsync(VectorDatabase database, CancellationToken cancellationToken)
    {
        var truth = new HashSet<PointId>[data.Queries.Count];
        var meter = new ProgressMeter("queries", truth.Length, start: 0, time);
        await ProgressDisplay.RunAsync(
            "Exact searches",
            meter,
            time,
            async () =>
            {
                for (var i = 0; i < truth.Length; i++, meter.Report(i))
                    truth[i] = [.. await SearchAsync(database, i, ef: null, cancellationToken)];
            });
        return truth;
    }

    private async Task<AnnSweepRow> MeasureAsync(
        VectorDatabase database, HashSet<PointId>[] truth, int ef, CancellationToken cancellationToken)
    {
        var found = 0L;
        for (var i = 0; i < truth.Length; i++)
            found += (await SearchAsync(database, i, ef, cancellationToken)).Count(truth[i].Contains);
        var passes = 0;
        var startedAt = time.GetTimestamp();
        while (time.GetElapsedTime(startedAt) < MinMeasured)
        {
            await Task.WhenAll(Enumerable.Range(0, Threads).Select(worker => PassAsync(worker)));
            passes++;
        }

        var recall = found / (double)truth.Sum(nearest => nearest.Count);
        var qps = passes * truth.Length / time.GetElapsedTime(startedAt).TotalSeconds;
        return new(ef, Math.Round(recall, 5), Math.Round(qps, 1));

        Task PassAsync(int worker) => Task.Run(
            async () =>
            {
                for (var i = worker; i < truth.Length; i += Threads)
                    await SearchAsync(database, i, ef, cancellationToken);
            },
            cancellationToken);
    }

    private async Task<IEnumerable<PointId>> SearchAsync(
        VectorDatabase database, int query, int? ef, CancellationToken cancellationToken)
    {
        var request = new SearchRequest
        {
            Collection = Collection,
            Query = new NearestQuery(data.Queries[query]),
            Limit = K,
            EfSearch = ef,
            Exact = ef is null,
        };
        return (await database.SearchAsync(request, cancellationToken)).Hits.Select(hit => hit.Id);
    }
}
