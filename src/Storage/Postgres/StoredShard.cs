using VectorCluster.Engine.Shards;

namespace VectorCluster.Storage.Postgres;

/// <summary>Where a shard's rows are.</summary>
/// <param name="Key">Never used again, not even by a shard of the same name.</param>
/// <param name="Slices">Rows of its checkpoint when this was read: how large it is, about.</param>
/// <param name="Version">Of that checkpoint; 0: there was none.</param>
internal readonly record struct StoredShard(short Partition, long Key, long Slices, long Version)
{
    /// <summary>That this store took last; 0: it was only looked at.</summary>
    public Epoch Epoch { get; init; }
}
