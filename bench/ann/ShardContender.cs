using System.Diagnostics;
using System.Globalization;

namespace VectorCluster.Ann.Bench;

/// <summary>A whole shard, from durable writes to ids and scores.</summary>
internal sealed class ShardContender(string name, AnnVectors data, VectorSettings settings) : IContender
{
    private BenchShard? _shard;
    private long _bytes;

    public string Name => name;

    public async Task<double> PrepareAsync(bool isReusing)
    {
        var before = OwnBytes();
        _shard = await BenchShard.OpenAsync(settings);
        var began = Stopwatch.GetTimestamp();
        await _shard.WriteAsync(
            Enumerable.Range(0, data.Count), id => data.Base.AsMemory(id * data.Dimension, data.Dimension));
        await _shard.WaitUntilIndexedAsync();
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
        if (threads == 1) await SearchFromQueueAsync();
        else await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(SearchFromQueueAsync)));
        return Stopwatch.GetElapsedTime(began).TotalSeconds;

        async Task SearchFromQueueAsync()
        {
            for (var query = Interlocked.Increment(ref next); query < data.Queried;)
            {
                var hits = (await _shard!.SearchAsync(data.Query(query), ef)).Hits;
                for (var i = 0; i < AnnVectors.Neighbours; i++)
                    found[(query * AnnVectors.Neighbours) + i] = i < hits.Count ? hits[i].Place : -1;
                query = Interlocked.Increment(ref next);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_shard is not null) await _shard.DisposeAsync();
    }

    private static long OwnBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var line = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return 1024 * long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
    }
}
