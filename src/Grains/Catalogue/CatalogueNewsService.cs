using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using VectorCluster.Grains.Shards;
using CollectionCatalogue = VectorCluster.Coordinator.Catalogue.Catalogue;

namespace VectorCluster.Grains.Catalogue;

/// <summary>Drops what this silo's catalogue remembers of a collection, and gives its shards the new
/// settings.</summary>
[Reentrant]
public sealed class CatalogueNewsService(
    GrainId id, Silo silo, ILoggerFactory loggers, CollectionCatalogue catalogue, SiloShards shards)
    : GrainService(id, silo, loggers), ICatalogueNewsService
{
    public async Task CollectionChangedAsync(string collection)
    {
        await catalogue.ForgetAsync(collection, CancellationToken.None);
        await shards.ApplySettingsAsync(collection, CancellationToken.None);
    }
}
