using VectorCluster.Engine.Shards;

namespace VectorCluster.Coordinator;

/// <summary>Finds shards: opened in this process when embedded, by grain reference in a cluster.</summary>
public interface IShardDirectory
{
    /// <exception cref="StoreCorruptedException">The shard is damaged; others serve.</exception>
    ValueTask<IShardClient> ResolveAsync(
        ShardId shard, CollectionSettings settings, CancellationToken cancellationToken);

    /// <summary>Makes the shards of a collection that are in memory take up changed settings. Those at rest do so when
    /// they are next opened.</summary>
    Task ApplySettingsAsync(string collection, CollectionSettings settings, CancellationToken cancellationToken);

    /// <summary>Closes the shard and deletes all that is stored of it.</summary>
    /// <returns>How long an owner that did not release it may still answer reads; mostly zero.</returns>
    Task<TimeSpan> DeleteAsync(ShardId shard, CancellationToken cancellationToken);

    /// <summary>Every stored shard of a collection, or of one of its namespaces.</summary>
    IAsyncEnumerable<ShardId> ListAsync(string collection, string? name, CancellationToken cancellationToken);

    /// <summary>Shards that could not be opened, since this process started.</summary>
    IReadOnlyList<ShardFailure> Failures { get; }
}
