using System.Diagnostics;
using System.Globalization;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage;

namespace VectorCluster.Ann.Bench;

/// <summary>A whole shard over files: durable writes, searches on the engine's threads, ids and scores out.</summary>
internal sealed class ShardContender(string name, AnnVectors data, VectorSettings settings) : IContender
{
    private const int Batch = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("vectorcluster-bench-").FullName;
    private readonly EngineThreads _threads = new(AnnBench.BuildThreads, AnnBench.BuildThreads);
    private DatabaseStores? _stores;
    private Shard? _shard;
    private long _bytes;

    public string Name => name;

    public async Task<double> PrepareAsync(bool isReusing)
    {
        var before = OwnBytes();
        _stores = DatabaseStores.OpenFiles(_directory);
        var collection = new CollectionSettings
        {
            Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
            {
                [VectorSet.DefaultName] = settings,
            },
        };
        _shard = await Shard.OpenAsync(new("bench", "", 0), collection, _stores.Shards, _threads);
        var began = Stopwatch.GetTimestamp();
        foreach (var places in Enumerable.Range(0, data.Count).Chunk(Batch))
            await _shard.WriteAsync(new UpsertPoints([.. places.Select(PointOf)]));
        while ((await _shard.DescribeAsync()).UnindexedVectorCount > 0)
            await Task.Delay(Interval, TimeProvider.System);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        _bytes = OwnBytes() - before;
        return seconds;
    }

    /// <summary>What the process has more resident since the shard was made, without what lies in mapped
    /// files.</summary>
    public Task<long> BytesAsync() => Task.FromResult(_bytes);

    public async Task<double> SearchAsync(int ef, int threads, int[] found)
    {
        var next = -1;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => SearchFromQueueAsync()));
        return Stopwatch.GetElapsedTime(began).TotalSeconds;

        async Task SearchFromQueueAsync()
        {
            for (var query = Interlocked.Increment(ref next); query < data.Queried;)
            {
                var hits = (await _shard!.SearchAsync([SearchOf(query, ef)]))[0].Hits;
                for (var i = 0; i < AnnVectors.Neighbours; i++)
                    found[(query * AnnVectors.Neighbours) + i] = i < hits.Count ? hits[i].Place : -1;
                query = Interlocked.Increment(ref next);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_shard is not null) await _shard.DisposeAsync();
        _threads.Dispose();
        if (_stores is not null) await _stores.Owner.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static long OwnBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var line = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return 1024 * long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }

    private ShardSearch SearchOf(int query, int ef) => new()
    {
        VectorName = VectorSet.DefaultName,
        Query = data.Query(query),
        Count = AnnVectors.Neighbours,
        EfSearch = ef,
    };

    private Point PointOf(int place) => new(
        PointId.FromNumber((ulong)place),
        new([new(VectorSet.DefaultName, data.Base.AsMemory(place * data.Dimension, data.Dimension))]));
}
