using System.Diagnostics;

namespace VectorCluster.Ann.Bench;

/// <summary>A whole shard, from durable writes to ids and scores.</summary>
internal sealed class ShardContender(string name, AnnVectors data, VectorSettings settings) : IContender
{
    private BenchShard? _shard;

    public string Name => name;

    public async Task<double> PrepareAsync(bool isReusing)
    {
        _shard = await BenchShard.OpenAsync(settings);
        var began = Stopwatch.GetTimestamp();
        await _shard.WriteAsync(
            Enumerable.Range(0, data.Count), id => data.Base.AsMemory(id * data.Dimension, data.Dimension));
        await _shard.WaitUntilIndexedAsync();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    public async Task<long> BytesAsync() => (await _shard!.Shard.DescribeAsync()).ResidentBytes;

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
}
