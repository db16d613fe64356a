using VectorCluster.Engine.Points;

namespace VectorCluster.Coordinator.Catalogue;

/// <summary>Which shard of a namespace owns which slots. Immutable; a change makes the next version.</summary>
/// <param name="Ranges">Ascending, without gaps, from slot 0 to the last.</param>
public sealed record ShardMap(int Version, IReadOnlyList<SlotRange> Ranges)
{
    /// <summary>The slots divided evenly over shards 0 to <paramref name="shardCount"/> − 1.</summary>
    public static ShardMap Even(int shardCount)
    {
        var ranges = new SlotRange[shardCount];
        for (var shard = 0; shard < shardCount; shard++)
        {
            var first = (int)((long)shard * PointIdHash.SlotCount / shardCount);
            var last = (int)(((long)shard + 1) * PointIdHash.SlotCount / shardCount) - 1;
            ranges[shard] = new(first, last, shard);
        }

        return new(1, ranges);
    }

    /// <summary>Number of the shard that owns a point.</summary>
    public int ShardOf(PointId id)
    {
        var slot = PointIdHash.SlotOf(id);
        var (low, high) = (0, Ranges.Count - 1);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Ranges[middle].Last < slot) low = middle + 1;
            else high = middle;
        }

        return Ranges[low].Shard;
    }
}

/// <param name="Last">Included.</param>
public sealed record SlotRange(int First, int Last, int Shard);
