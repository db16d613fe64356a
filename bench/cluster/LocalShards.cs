using System.Diagnostics;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage;

namespace VectorCluster.Cluster.Bench;

/// <summary>The engine alone: the same points in the same shards, in this process, without a coordinator.</summary>
internal sealed class LocalShards : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly string _directory = Directory.CreateTempSubdirectory("vectorcluster-bench-").FullName;
    private readonly DatabaseStores _stores;
    private readonly EngineThreads _threads = new();
    private readonly List<Shard> _shards = [];

    private LocalShards() => _stores = DatabaseStores.OpenFiles(_directory);

    /// <param name="shardOf">As the cluster divides them.</param>
    public static async Task<LocalShards> OpenAsync(
        CollectionSettings settings, IEnumerable<Point> points, Func<PointId, int> shardOf)
    {
        var local = new LocalShards();
        for (var i = 0; i < settings.ShardCount; i++)
            local._shards.Add(
                await Shard.OpenAsync(new("bench", "", i), settings, local._stores.Shards, local._threads));
        foreach (var group in points.GroupBy(point => shardOf(point.Id)))
            foreach (var batch in group.Chunk(1_000))
                await local._shards[group.Key].WriteAsync(new UpsertPoints(batch));
        foreach (var shard in local._shards)
            while ((await shard.DescribeAsync()).UnindexedVectorCount > 0)
                await Task.Delay(Interval, TimeProvider.System);
        return local;
    }

    /// <returns>How long the slowest shard took, searched one after the other.</returns>
    public async Task<TimeSpan> SlowestAsync(float[] query, int limit)
    {
        var slowest = TimeSpan.Zero;
        foreach (var shard in _shards)
        {
            var from = Stopwatch.GetTimestamp();
            await shard.SearchAsync(
                [new() { VectorName = VectorSet.DefaultName, Query = query, Count = limit }], isAlone: true);
            var took = Stopwatch.GetElapsedTime(from);
            if (took > slowest) slowest = took;
        }

        return slowest;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var shard in _shards) await shard.DisposeAsync();
        _threads.Dispose();
        await _stores.Owner.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
