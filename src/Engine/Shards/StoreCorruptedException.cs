namespace VectorCluster.Engine.Shards;

/// <summary>What is stored of a shard is damaged. Retrying does not help; the shard stays closed and everything else
/// serves.</summary>
public sealed class StoreCorruptedException(ShardId shard, string where, string what)
    : DamageException($"Shard {shard} is damaged: {what} ({where}).")
{
    public ShardId Shard => shard;

    /// <summary>The file and byte offset, or the table row.</summary>
    public string Where => where;

    public string What => what;
}
