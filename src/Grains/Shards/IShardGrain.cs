using Orleans;
using Orleans.Concurrency;
using VectorCluster.Client;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains.Wire;

namespace VectorCluster.Grains.Shards;

/// <summary>A shard, owned by the silo where its grain is. The key is <see cref="ShardKey"/>'s.</summary>
/// <remarks>
/// <para>As <see cref="IShardClient"/>, with the same exceptions, which arrive typed; so does
/// <see cref="StoreCorruptedException"/>.</para>
/// <para>Every call interleaves. Searches and reads work on the engine's own threads and its versioned state; writes
/// are put in order by the shard's commit loop, and have to come in while others wait for the store, or no two of them
/// could ever share a commit. The grain's turns only pass calls on.</para>
/// </remarks>
[Alias("VectorCluster.IShardGrain")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Does nothing: it says that a call gets here.</summary>
    [Alias("Ping")]
    [AlwaysInterleave]
    Task PingAsync(CancellationToken cancellationToken);

    [Alias("Write")]
    [AlwaysInterleave]
    [ResponseTimeout(Patience.Call)]
    Task<WriteReceipt> WriteAsync(ShardOperation operation, CancellationToken cancellationToken);

    [Alias("Search")]
    [AlwaysInterleave]
    [ResponseTimeout(Patience.Call)]
    Task<ShardHits[]> SearchAsync(ShardSearch[] searches, CancellationToken cancellationToken);

    [Alias("Fetch")]
    [AlwaysInterleave]
    [ResponseTimeout(Patience.Call)]
    Task<StoredPoint[]> FetchAsync(PointsByPlaces wanted, CancellationToken cancellationToken);

    [Alias("Get")]
    [AlwaysInterleave]
    [ResponseTimeout(Patience.Call)]
    Task<StoredPoint[]> GetAsync(PointsByIds wanted, CancellationToken cancellationToken);

    [Alias("Scroll")]
    [AlwaysInterleave]
    [ResponseTimeout(Patience.Call)]
    Task<ShardPage> ScrollAsync(PointsInOrder wanted, CancellationToken cancellationToken);

    [Alias("Count")]
    [AlwaysInterleave]
    [ResponseTimeout(Patience.Call)]
    Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken);

    [Alias("Describe")]
    [AlwaysInterleave]
    [ResponseTimeout(Patience.Call)]
    Task<ShardInfo> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Closes the shard and deletes all that is stored of it.</summary>
    /// <returns>How long another silo may still answer reads of it.</returns>
    [Alias("Delete")]
    [AlwaysInterleave]
    [ResponseTimeout(Patience.Change)]
    Task<TimeSpan> DeleteAsync(CancellationToken cancellationToken);
}
