using Orleans;
using Orleans.Services;

namespace VectorCluster.Grains.Catalogue;

/// <summary>On every silo: is told that a collection has changed.</summary>
[Alias("VectorCluster.ICatalogueNewsService")]
public interface ICatalogueNewsService : IGrainService
{
    /// <returns>Once the silo answers nothing from before the change any more, and its shards have the new
    /// settings.</returns>
    [Alias("CollectionChanged")]
    Task CollectionChangedAsync(string collection);
}
