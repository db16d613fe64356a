namespace VectorCluster.Engine.Shards;

/// <summary>Bounds of a shard's background work and queues.</summary>
public sealed record ShardOptions
{
    /// <summary>Log since the last checkpoint that makes a new one due.</summary>
    /// <value>Default 32 MiB: replayed in well under a second.</value>
    public long CheckpointLogBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>Places added to a graph since the last checkpoint that make a new one due, if they are a tenth of the
    /// graph.</summary>
    /// <value>Default 10,000: after a crash so many are added again, in the background, while they are scanned.</value>
    public int CheckpointGraphPlaces { get; init; } = 10_000;

    /// <summary>Quiet time after which whatever changed is checkpointed.</summary>
    /// <value>Default 5 seconds.</value>
    public TimeSpan IdleCheckpointDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of vectors that may wait for the graph before writes wait too: every search scans them.</summary>
    /// <value>Default 32 MiB: some milliseconds of scanning.</value>
    public long MaxUnindexedBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>Bytes of writes that may wait for the log before more are refused as overload.</summary>
    /// <value>Default 64 MiB.</value>
    public long MaxQueuedBytes { get; init; } = 64L * 1024 * 1024;
}
