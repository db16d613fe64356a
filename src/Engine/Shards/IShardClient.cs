namespace VectorCluster.Engine.Shards;

/// <summary>A shard, called directly or through a grain.</summary>
/// <remarks>
/// Requests were validated at the edge. Every call may throw <see cref="OverloadedException"/> (nothing was done),
/// <see cref="ShardClosedException"/> (nothing was done; resolve the shard again and retry) and
/// OperationCanceledException.
/// </remarks>
public interface IShardClient
{
    /// <summary>Applies an operation; durable and visible on return.</summary>
    /// <exception cref="NotFoundException">A payload change names a point that does not exist; nothing was
    /// done.</exception>
    /// <exception cref="WriteOutcomeUnknownException">The store failed; the operation may or may not be
    /// there.</exception>
    /// <exception cref="ShardReadOnlyException">The store failed before and does not answer yet; nothing was
    /// done.</exception>
    /// <remarks>Cancelling while the write is under way leaves its outcome unknown.</remarks>
    Task<WriteReceipt> WriteAsync(ShardOperation operation, CancellationToken cancellationToken = default);

    /// <param name="isAlone">Whether the caller starts nothing else before it has the answer: then a short search may
    /// run on its thread.</param>
    /// <returns>Hits in the order of the searches.</returns>
    Task<IReadOnlyList<ShardHits>> SearchAsync(
        IReadOnlyList<ShardSearch> searches, bool isAlone = false, CancellationToken cancellationToken = default);

    /// <summary>The points of hits, in their order.</summary>
    /// <remarks>A point that was replaced or deleted since the search is still given as it was, unless the shard was
    /// loaded anew or repaired since: then it is given as it is now, and one that is gone with nothing but its
    /// id.</remarks>
    Task<IReadOnlyList<StoredPoint>> FetchAsync(
        IReadOnlyList<ShardPlace> hits,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default);

    /// <returns>The points that exist, in the order of the ids.</returns>
    Task<IReadOnlyList<StoredPoint>> GetAsync(
        IReadOnlyList<PointId> ids,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default);

    /// <param name="from">First id, itself included; null: from the start.</param>
    /// <param name="limit">From 1.</param>
    Task<ShardPage> ScrollAsync(
        PointId? from,
        int limit,
        Filter? filter,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default);

    Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken = default);

    Task<ShardInfo> DescribeAsync(CancellationToken cancellationToken = default);
}

/// <summary>The shard was closed, moved or deposed. Nothing was done; resolve it again and retry.</summary>
public sealed class ShardClosedException(ShardId shard) : Exception($"Shard {shard} is closed.")
{
    public ShardId Shard => shard;
}

/// <summary>The shard is not what the request was made for: its collection was deleted since, or made anew with other
/// vectors. Nothing was done; begin again from the catalogue.</summary>
public sealed class ShardMismatchException(ShardId shard)
    : Exception($"Shard {shard} is not, or no longer, what the request was made for.")
{
    public ShardId Shard => shard;
}

/// <summary>The shard's store does not answer: the shard answers reads and refuses writes. Nothing was done; retry
/// later.</summary>
public sealed class ShardReadOnlyException(ShardId shard, Exception innerException)
    : Exception($"Shard {shard} takes no writes until its store answers: {innerException.Message}", innerException)
{
    public ShardId Shard => shard;
}

/// <summary>The store failed while a write was under way: it is there as a whole or not at all.</summary>
public sealed class WriteOutcomeUnknownException(ShardId shard, Exception innerException)
    : Exception($"Shard {shard}: the outcome of a write is unknown: {innerException.Message}", innerException)
{
    public ShardId Shard => shard;
}
