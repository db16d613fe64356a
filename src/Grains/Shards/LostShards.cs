using System.Collections.Concurrent;

namespace VectorCluster.Grains.Shards;

/// <summary>Shards that a call did not get to, or got no answer from, since the last one that did.</summary>
/// <remarks>A write that fails on the way has an unknown outcome, even where it never left: Orleans does not tell. So a
/// write to such a shard asks first whether it can be reached, and if it can't, certainly nothing was done: it
/// waits and asks again, where without this every write until the shard is back would end as unknown.</remarks>
internal sealed class LostShards
{
    private readonly ConcurrentDictionary<ShardId, bool> _lost = new();

    public bool Contains(ShardId shard) => !_lost.IsEmpty && _lost.ContainsKey(shard);

    public void Add(ShardId shard) => _lost[shard] = true;

    public void Remove(ShardId shard) => _lost.TryRemove(shard, out _);
}
