using System.Diagnostics;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage;

namespace VectorCluster.Ann.Bench;

/// <summary>A whole shard over files in a folder of its own: durable writes, searches on the engine's
/// threads.</summary>
internal sealed class BenchShard : IAsyncDisposable
{
    private const int Batch = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("vectorcluster-bench-").FullName;
    private readonly EngineThreads _threads;
    private readonly DatabaseStores _stores;
    private Shard? _shard;

    private BenchShard(int buildThreads)
    {
        _threads = new(AnnBench.BuildThreads, buildThreads);
        _stores = DatabaseStores.OpenFiles(_directory);
    }

    public Shard Shard => _shard!;

    public static async Task<BenchShard> OpenAsync(
        VectorSettings vector,
        int buildThreads = AnnBench.BuildThreads,
        IReadOnlyDictionary<string, PayloadIndexKind>? payloadIndexes = null)
    {
        var bench = new BenchShard(buildThreads);
        var settings = new CollectionSettings
        {
            Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
            {
                [VectorSet.DefaultName] = vector,
            },
            PayloadIndexes = payloadIndexes ?? new Dictionary<string, PayloadIndexKind>(StringComparer.Ordinal),
        };
        bench._shard = await Shard.OpenAsync(new("bench", "", 0), settings, bench._stores.Shards, bench._threads);
        return bench;
    }

    /// <param name="ids">Of the points.</param>
    /// <param name="vectorOf">Each id's vector.</param>
    public async Task WriteAsync(
        IEnumerable<int> ids, Func<int, ReadOnlyMemory<float>> vectorOf, Func<int, Payload>? payloadOf = null)
    {
        foreach (var batch in ids.Chunk(Batch))
            await Shard.WriteAsync(new UpsertPoints([.. batch.Select(PointOf)]));

        Point PointOf(int id) => new(
            PointId.FromNumber((ulong)id),
            new([new(VectorSet.DefaultName, vectorOf(id))]),
            payloadOf?.Invoke(id) ?? Payload.Empty);
    }

    /// <summary>Waits until the shard is in a state.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> WaitUntilAsync(Func<ShardInfo, bool> holds)
    {
        var began = Stopwatch.GetTimestamp();
        while (!holds(await Shard.DescribeAsync())) await Task.Delay(Interval, TimeProvider.System);
        return Stopwatch.GetElapsedTime(began);
    }

    public Task<TimeSpan> WaitUntilIndexedAsync() => WaitUntilAsync(info => info.UnindexedVectorCount == 0);

    public async Task<ShardHits> SearchAsync(
        ReadOnlyMemory<float> query,
        int ef,
        Filter? filter = null,
        int count = AnnVectors.Neighbours,
        bool isExact = false)
    {
        var search = new ShardSearch
        {
            VectorName = VectorSet.DefaultName,
            Query = query,
            Count = count,
            EfSearch = ef,
            Filter = filter,
            Exact = isExact,
        };
        return (await Shard.SearchAsync([search], isAlone: true))[0];
    }

    public async ValueTask DisposeAsync()
    {
        if (_shard is not null) await _shard.DisposeAsync();
        _threads.Dispose();
        await _stores.Owner.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
