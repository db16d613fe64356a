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

    /// <summary>Log since the last checkpoint that is small enough to be replayed instead: neither a quiet time nor
    /// closing makes a checkpoint for it, so that small shards close cheaply.</summary>
    /// <value>Default 64 KiB, less than a millisecond; 0: every change is checkpointed. Where anything was deleted,
    /// replaced or changed since the last checkpoint there is one all the same: the log would keep what was
    /// erased.</value>
    public long SmallLogBytes { get; init; } = 64 * 1024;

    /// <summary>Share of a shard's places whose points were deleted or replaced that makes a repair due.</summary>
    /// <value>Default 0.1: so much more memory than its live points take does a shard hold at most, but for what is
    /// written while a repair runs. Smaller: less memory, more work; a repair writes the whole shard anew.</value>
    public double RepairShare { get; init; } = 0.1;

    /// <summary>Dead places that make a repair due at the least: fewer wait for a quiet time.</summary>
    /// <value>Default 1,000.</value>
    public int RepairPlaces { get; init; } = 1_000;

    /// <summary>As <see cref="RepairShare"/> once the shard was quiet for the
    /// <see cref="IdleCheckpointDelay"/>.</summary>
    /// <value>Default 0.01; 0: every deletion. Until the repair the vectors of erased points stay stored.</value>
    public double QuietRepairShare { get; init; } = 0.01;

    /// <summary>How long a read may rely on a confirmation by the store that the shard is still owned; and how long a
    /// new owner waits for one that did not release the shard.</summary>
    /// <value>Default 0: none, for a process that is alone. In a cluster some seconds, the same in every process.
    /// While the store answers nobody reads go on unconfirmed: a process that is cut off from the store, and yet
    /// reachable by clients, can then answer old data.</value>
    public TimeSpan ReadLease { get; init; }

    /// <summary>Bytes of vectors that may wait for the graph before writes wait too: every search scans them.</summary>
    /// <value>Default 32 MiB: some milliseconds of scanning.</value>
    public long MaxUnindexedBytes { get; init; } = 32L * 1024 * 1024;

    /// <summary>Bytes of writes that may wait for the log before more are refused as overload.</summary>
    /// <value>Default 64 MiB.</value>
    public long MaxQueuedBytes { get; init; } = 64L * 1024 * 1024;
}
