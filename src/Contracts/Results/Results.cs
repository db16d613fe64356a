namespace VectorCluster;

/// <summary>A write that every shard applied: durable, and visible to every read that starts now.</summary>
/// <param name="Shards">LSN of the write in each shard it touched; empty if it touched none.</param>
/// <param name="PointCount">Points written, changed or deleted.</param>
public sealed record WriteResult(IReadOnlyDictionary<ShardId, Lsn> Shards, long PointCount);

/// <summary>What became of one shard's part of a write.</summary>
/// <param name="Lsn">Set if applied.</param>
/// <param name="Failure">Set unless applied.</param>
public sealed record ShardWriteOutcome(ShardId Shard, WriteStatus Status, Lsn? Lsn, ShardFailure? Failure);

public enum WriteStatus : byte
{
    /// <summary>Durable and visible.</summary>
    Applied,

    /// <summary>Nothing of it happened.</summary>
    Rejected,

    /// <summary>Nobody knows: it may be there, as a whole, or not. Read, or send it again where that is safe.</summary>
    Unknown,
}

/// <param name="Distance">Smaller is nearer; see <see cref="DistanceMetric"/>.</param>
/// <param name="Version">LSN of the point's last write in its shard.</param>
/// <param name="Payload">Null: not asked for.</param>
/// <param name="Vectors">Null: not asked for.</param>
public sealed record Hit(PointId Id, float Distance, Lsn Version, Payload? Payload = null, VectorSet? Vectors = null);

/// <param name="Hits">Nearest first, equal distances by id; fewer than asked only if fewer match (or shards are
/// missing).</param>
/// <param name="MissingShards">Not empty only if the request allowed partial results.</param>
public sealed record SearchResult(
    DistanceMetric Metric, IReadOnlyList<Hit> Hits, IReadOnlyList<ShardFailure> MissingShards)
{
    /// <summary>How each shard that answered searched, in their order. Empty unless the request asked for it
    /// (<see cref="SearchRequest.Explain"/>).</summary>
    public IReadOnlyList<ShardPlan> Plans { get; init; } = [];
}

/// <param name="Plan">graph; filtered_graph: it kept only what passes the filter; indexed_scan: of the points that
/// payload indexes named; scan: of all. Others may come.</param>
/// <param name="Visited">Distances computed.</param>
public sealed record ShardPlan(ShardId Shard, string Plan, long Visited);

/// <param name="Points">In the order of their ids.</param>
/// <param name="NextOffset">First id of the next page; null after the last.</param>
public sealed record ScrollPage(IReadOnlyList<StoredPoint> Points, PointId? NextOffset);
