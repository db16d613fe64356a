using Orleans;
using VectorCluster.Client;

namespace VectorCluster.Grains.Catalogue;

/// <summary>Changes of one collection, one at a time whichever silo they come from. The key is its name.</summary>
/// <remarks>A change counts for every silo when its call returns (<see cref="CatalogueNews"/>). The grain keeps no
/// state: the catalogue's rows are the truth, and each is written under its version.</remarks>
[Alias("VectorCluster.ICollectionGrain")]
public interface ICollectionGrain : IGrainWithStringKey
{
    [Alias("Create")]
    [ResponseTimeout(Patience.Change)]
    Task CreateAsync(CollectionSettings settings, CancellationToken cancellationToken);

    /// <returns>False: there was none.</returns>
    [Alias("Delete")]
    [ResponseTimeout(Patience.Change)]
    Task<bool> DeleteAsync(CancellationToken cancellationToken);

    /// <summary>Finishes a deletion that has begun and not ended, if there is one.</summary>
    [Alias("FinishDeletion")]
    [ResponseTimeout(Patience.Change)]
    Task FinishDeletionAsync(CancellationToken cancellationToken);

    [Alias("CreatePayloadIndex")]
    [ResponseTimeout(Patience.Change)]
    Task CreatePayloadIndexAsync(PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken);

    /// <returns>False: there was none.</returns>
    [Alias("DeletePayloadIndex")]
    [ResponseTimeout(Patience.Change)]
    Task<bool> DeletePayloadIndexAsync(PayloadPath path, CancellationToken cancellationToken);

    /// <returns>False: there was none.</returns>
    [Alias("DeleteNamespace")]
    [ResponseTimeout(Patience.Change)]
    Task<bool> DeleteNamespaceAsync(string name, CancellationToken cancellationToken);

    /// <summary>As <see cref="FinishDeletionAsync"/>, for a namespace.</summary>
    [Alias("FinishNamespaceDeletion")]
    [ResponseTimeout(Patience.Change)]
    Task FinishNamespaceDeletionAsync(string name, CancellationToken cancellationToken);
}
