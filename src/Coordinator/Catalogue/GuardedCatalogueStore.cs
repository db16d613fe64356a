using VectorCluster.Engine.Catalogue;

namespace VectorCluster.Coordinator.Catalogue;

/// <summary>A catalogue store whose failures are <see cref="StoreUnavailableException"/>.</summary>
internal sealed class GuardedCatalogueStore(ICatalogueStore store) : ICatalogueStore
{
    public IAsyncEnumerable<CatalogueRow> ListCollectionsAsync(CancellationToken cancellationToken = default) =>
        StoreCalls.ReadAsync(store.ListCollectionsAsync(cancellationToken), cancellationToken);

    public ValueTask<CatalogueRow?> ReadCollectionAsync(
        string collection, CancellationToken cancellationToken = default) =>
        StoreCalls.ReadAsync(() => store.ReadCollectionAsync(collection, cancellationToken), cancellationToken);

    public ValueTask<bool> TryWriteCollectionAsync(
        string collection,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken = default) =>
        StoreCalls.ChangeAsync(
            () => store.TryWriteCollectionAsync(collection, expectedVersion, value, cancellationToken),
            cancellationToken);

    public ValueTask DeleteCollectionAsync(string collection, CancellationToken cancellationToken = default) =>
        StoreCalls.ChangeAsync(() => store.DeleteCollectionAsync(collection, cancellationToken), cancellationToken);

    public IAsyncEnumerable<string> ListNamespacesAsync(
        string collection, CancellationToken cancellationToken = default) =>
        StoreCalls.ReadAsync(store.ListNamespacesAsync(collection, cancellationToken), cancellationToken);

    public ValueTask<CatalogueRow?> ReadNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        StoreCalls.ReadAsync(() => store.ReadNamespaceAsync(collection, name, cancellationToken), cancellationToken);

    public ValueTask<bool> TryWriteNamespaceAsync(
        string collection,
        string name,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken = default) =>
        StoreCalls.ChangeAsync(
            () => store.TryWriteNamespaceAsync(collection, name, expectedVersion, value, cancellationToken),
            cancellationToken);

    public ValueTask DeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        StoreCalls.ChangeAsync(
            () => store.DeleteNamespaceAsync(collection, name, cancellationToken), cancellationToken);
}
