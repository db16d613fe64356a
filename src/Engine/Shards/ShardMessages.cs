namespace VectorCluster.Engine.Shards;

/// <summary>A change to a shard: one record of its log, applied as a whole.</summary>
public abstract record ShardOperation;

/// <param name="Points">Valid by the collection's settings; no id twice.</param>
public sealed record UpsertPoints(IReadOnlyList<Point> Points) : ShardOperation;

public sealed record DeletePoints(PointSelector Selector) : ShardOperation;

public sealed record ChangePayload(PointSelector Selector, PayloadChange Change) : ShardOperation;

/// <summary>What became of an operation.</summary>
/// <param name="Lsn">Of the operation's record; the last one before if it touched no point.</param>
/// <param name="PointCount">Points written, changed or deleted.</param>
public readonly record struct WriteReceipt(Lsn Lsn, int PointCount);

/// <summary>A search in one shard.</summary>
public sealed record ShardSearch
{
    public required string VectorName { get; init; }

    /// <summary>float32[dimension], all finite.</summary>
    public required ReadOnlyMemory<float> Query { get; init; }

    /// <summary>Hits wanted, from 1.</summary>
    public required int Count { get; init; }

    /// <summary>Candidates kept; null: the collection's own. Never fewer than <see cref="Count"/>.</summary>
    public int? EfSearch { get; init; }

    /// <summary>Null: as the collection has it.</summary>
    public QuantizationSearch? Quantization { get; init; }

    public bool Exact { get; init; }

    public Filter? Filter { get; init; }

    public float? MaxDistance { get; init; }

    public PayloadSelector WithPayload { get; init; } = PayloadSelector.None;

    public VectorSelector WithVectors { get; init; } = VectorSelector.None;

    /// <summary>Null: the planner chooses. Else so, whatever it costs, if that is possible: for tests and
    /// benchmarks.</summary>
    internal SearchPlan? Plan { get; init; }
}

/// <param name="Place">Where the shard keeps the point, for <see cref="IShardClient.FetchAsync"/>.</param>
public readonly record struct ShardHit(PointId Id, float Distance, Lsn Version, int Place, StoredPoint? Point);

/// <summary>A hit, as far as it takes to find its point again.</summary>
/// <param name="Place">Of the hit; the point may have another one by now.</param>
public readonly record struct ShardPlace(PointId Id, int Place);

/// <param name="Hits">Nearest first, equal distances by id.</param>
/// <param name="Plan">How they were found.</param>
/// <param name="Visited">Distances computed.</param>
public sealed record ShardHits(IReadOnlyList<ShardHit> Hits, SearchPlan Plan, int Visited);

/// <summary>How a search in a shard went about it.</summary>
public enum SearchPlan : byte
{
    /// <summary>Through the graph.</summary>
    Graph,

    /// <summary>Through the graph, keeping only what passes the filter.</summary>
    FilteredGraph,

    /// <summary>Every place was looked at.</summary>
    Scan,

    /// <summary>Every place that payload indexes named was looked at.</summary>
    IndexedScan,

    /// <summary>The code of every place was looked at, and the vectors of the nearest.</summary>
    CodeScan,

    /// <summary>The code of every place that payload indexes named was looked at, and the vectors of the
    /// nearest.</summary>
    IndexedCodeScan,
}

/// <param name="Points">In the order of their ids.</param>
/// <param name="IsLast">No more points come after these.</param>
public sealed record ShardPage(IReadOnlyList<StoredPoint> Points, bool IsLast);

/// <summary>State of a shard.</summary>
/// <param name="VectorCount">Vectors of live points.</param>
/// <param name="UnindexedVectorCount">Of those, how many wait to be added to a graph; 0 where the shard needs no graph
/// yet.</param>
/// <param name="IndexedVectorCount">Vectors that the graphs cover.</param>
/// <param name="DeadCount">Places of points that were deleted or replaced, which repair has not removed yet.</param>
/// <param name="IsRepairing">Whether they are being removed, in a copy of the shard beside it.</param>
/// <param name="CheckpointFailure">Why the last checkpoint failed; null if it did not. The shard serves all the
/// same.</param>
/// <param name="RepairFailure">Why the last repair was given up; null if it was not. The shard serves all the
/// same.</param>
public sealed record ShardInfo(
    long PointCount,
    long VectorCount,
    long IndexedVectorCount,
    long UnindexedVectorCount,
    long DeadCount,
    bool IsRepairing,
    long ResidentBytes,
    Lsn LastLsn,
    IReadOnlyDictionary<string, long> PayloadIndexPoints,
    string? CheckpointFailure,
    string? RepairFailure);
