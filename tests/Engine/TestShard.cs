using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;

namespace VectorCluster.Engine.Tests;

/// <summary>A shard on real files in a directory of its own, which can be closed and opened again.</summary>
internal sealed class TestShard : IAsyncDisposable
{
    public static readonly ShardId Id = new("things", "", 0);

    private readonly string _path = Directory.CreateTempSubdirectory("vectorcluster-").FullName;
    private readonly EngineThreads _threads = new(searchThreads: 2, buildThreads: 2);
    private readonly ShardOptions _options;
    private readonly TimeProvider? _time;
    private DataDirectory? _directory;
    private FileShardStore? _store;
    private Shard? _shard;

    private TestShard(CollectionSettings settings, ShardOptions options, TimeProvider? time) =>
        (Settings, _options, _time) = (settings, options, time);

    public CollectionSettings Settings { get; set; }

    public Shard Shard => _shard!;

    public IShardStore Store => _store!;

    /// <summary>What stands between the shard and its store.</summary>
    public FailingStore Faults { get; } = new();

    public static async Task<TestShard> OpenAsync(
        CollectionSettings settings, ShardOptions? options = null, TimeProvider? time = null)
    {
        var shard = new TestShard(settings, options ?? new(), time);
        await shard.OpenAsync();
        return shard;
    }

    public static CollectionSettings SettingsOf(int dimension, DistanceMetric metric, int exactScanThreshold = 0) =>
        new()
        {
            Vectors = new Dictionary<string, VectorSettings>
            {
                [""] = new(dimension, metric) { Hnsw = new() { ExactScanThreshold = exactScanThreshold } },
            },
        };

    public static CollectionSettings QuantizedSettingsOf(
        int dimension,
        DistanceMetric metric,
        VectorQuantization quantization = VectorQuantization.Bits4,
        int exactScanThreshold = 0)
    {
        var plain = SettingsOf(dimension, metric, exactScanThreshold);
        return plain with
        {
            Vectors = new Dictionary<string, VectorSettings>
            {
                [""] = plain.Vectors[""] with { Quantization = quantization },
            },
        };
    }

    public async Task ReopenAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>What was not checkpointed comes from the log.</summary>
    public async Task ReopenWithoutCheckpointAsync()
    {
        await Shard.CloseWithoutCheckpointAsync();
        await ReopenAsync();
    }

    public async Task<WriteReceipt> UpsertAsync(params IReadOnlyList<Point> points) =>
        await Shard.WriteAsync(new UpsertPoints(points));

    public async Task<IReadOnlyList<ShardHit>> SearchAsync(ShardSearch search) =>
        (await SearchWithPlanAsync(search)).Hits;

    public async Task<ShardHits> SearchWithPlanAsync(ShardSearch search) => (await Shard.SearchAsync([search]))[0];

    /// <summary>Waits until the graph has all vectors that belong in it.</summary>
    public async Task WaitUntilIndexedAsync()
    {
        while ((await Shard.DescribeAsync()).UnindexedVectorCount > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
    }

    /// <summary>Waits until repair has left nothing of deleted and replaced points.</summary>
    public async Task WaitUntilRepairedAsync()
    {
        while (await Shard.DescribeAsync() is { DeadCount: > 0 } or { IsRepairing: true })
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _threads.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    private async Task OpenAsync()
    {
        _directory = DataDirectory.Open(_path);
        _store = new(_directory);
        Faults.Store = _store;
        _shard = await Shard.OpenAsync(Id, Settings, Faults, _threads, _options, _time);
    }

    private async Task CloseAsync()
    {
        if (_shard is not null) await _shard.DisposeAsync();
        if (_store is not null) await _store.DisposeAsync();
        _directory?.Dispose();
        _shard = null;
    }
}
