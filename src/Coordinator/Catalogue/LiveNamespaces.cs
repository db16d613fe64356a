using VectorCluster.Engine.Catalogue;

namespace VectorCluster.Coordinator.Catalogue;

/// <summary>Tells whoever opens a shard for the first time whether its namespace is still there.</summary>
/// <remarks>A call may hold a shard map from before a deletion. A deletion marks its row first and lists the shards
/// then: so either it finds a shard that such a call makes, or the call finds the mark here.</remarks>
public sealed class LiveNamespaces(ICatalogueStore store)
{
    public async Task<bool> ContainsAsync(ShardId shard, CancellationToken cancellationToken)
    {
        var found = await store.ReadNamespaceAsync(shard.Collection, shard.Namespace, cancellationToken);
        if (found is null || CatalogueJson.ReadNamespace(found.Value).IsDeleting) return false;
        var collection = await store.ReadCollectionAsync(shard.Collection, cancellationToken);
        return collection is not null && !CatalogueJson.ReadCollection(collection.Value).IsDeleting;
    }
}
