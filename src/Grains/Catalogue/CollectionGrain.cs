using Orleans;
using VectorCluster.Coordinator;

namespace VectorCluster.Grains.Catalogue;

/// <summary>Makes changes through this silo's coordinator and tells all silos before it returns, also of a change that
/// failed half way.</summary>
public sealed class CollectionGrain(DatabaseCoordinator coordinator, CatalogueNews news) : Grain, ICollectionGrain
{
    private string Name => this.GetPrimaryKeyString();

    public Task CreateAsync(CollectionSettings settings, CancellationToken cancellationToken) =>
        ChangeAsync(async () =>
        {
            await coordinator.FinishDeletionAsync(Name, cancellationToken); // one that a crash interrupted
            await coordinator.CreateCollectionAsync(Name, settings, cancellationToken);
        });

    public Task<bool> DeleteAsync(CancellationToken cancellationToken) =>
        ChangeAsync(() => coordinator.DeleteCollectionAsync(Name, cancellationToken));

    public Task FinishDeletionAsync(CancellationToken cancellationToken) =>
        ChangeAsync(() => coordinator.FinishDeletionAsync(Name, cancellationToken));

    // Telling all silos is how an index change reaches their shards, so the coordinator has done it.
    public Task CreatePayloadIndexAsync(
        PayloadPath path, PayloadIndexKind kind, CancellationToken cancellationToken) =>
        coordinator.CreatePayloadIndexAsync(Name, path, kind, cancellationToken);

    public Task<bool> DeletePayloadIndexAsync(PayloadPath path, CancellationToken cancellationToken) =>
        coordinator.DeletePayloadIndexAsync(Name, path, cancellationToken);

    public Task<bool> DeleteNamespaceAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(() => coordinator.DeleteNamespaceAsync(Name, name, cancellationToken));

    public Task FinishNamespaceDeletionAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(() => coordinator.FinishNamespaceDeletionAsync(Name, name, cancellationToken));

    private async Task<bool> ChangeAsync(Func<Task<bool>> change)
    {
        try
        {
            return await change();
        }
        finally
        {
            await news.TellAsync(Name, CancellationToken.None); // a caller that gave up must not leave silos behind
        }
    }

    private Task ChangeAsync(Func<Task> change) => ChangeAsync(async () =>
    {
        await change();
        return true;
    });
}
