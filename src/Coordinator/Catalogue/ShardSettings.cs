using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Coordinator.Catalogue;

/// <summary>What a shard is opened with, read from the store itself.</summary>
/// <remarks>A call may hold a shard map from before a deletion, and so make a shard that should be gone. Whoever has
/// just made one (<see cref="Epoch.First"/>) asks here afterwards: a deletion marks its row first and lists the shards
/// then, so either it finds the shard, or the mark is found here.</remarks>
public static class ShardSettings
{
    /// <returns>Null: the shard is none, or no more: whoever asked for it knows an old catalogue.</returns>
    public static async Task<CollectionSettings?> ReadAsync(
        ICatalogueStore store, ShardId shard, CancellationToken cancellationToken)
    {
        if (await store.ReadCollectionAsync(shard.Collection, cancellationToken) is not { } row
            || CatalogueJson.ReadCollection(row.Value) is not { IsDeleting: false } collection
            || await store.ReadNamespaceAsync(shard.Collection, shard.Namespace, cancellationToken) is not { } found
            || CatalogueJson.ReadNamespace(found.Value) is not { IsDeleting: false } entry)
            return null;
        return entry.Map.Ranges.Any(range => range.Shard == shard.Index) ? collection.Settings : null;
    }
}
