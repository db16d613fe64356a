using System.Runtime.CompilerServices;
using VectorCluster.Engine.Catalogue;

namespace VectorCluster.Api.Tests;

/// <summary>A catalogue store before a real one, whose calls fail on demand, with and without their effect.</summary>
internal sealed class FailingCatalogue(ICatalogueStore store) : ICatalogueStore
{
    /// <summary>No call reaches the store.</summary>
    public bool IsAway { get; set; }

    /// <summary>Changes are made, and fail all the same.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Awaited before a row is read; gets the collection's name.</summary>
    public Func<string, Task> BeforeRead { get; set; } = _ => Task.CompletedTask;

    public async IAsyncEnumerable<CatalogueRow> ListCollectionsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var row in store.ListCollectionsAsync(cancellationToken))
        {
            ThrowIf(IsAway);
            yield return row;
        }
    }

    public async ValueTask<CatalogueRow?> ReadCollectionAsync(
        string collection, CancellationToken cancellationToken = default)
    {
        ThrowIf(IsAway);
        await BeforeRead(collection);
        return await store.ReadCollectionAsync(collection, cancellationToken);
    }

    public ValueTask<bool> TryWriteCollectionAsync(
        string collection,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken = default) =>
        ChangeAsync(() => store.TryWriteCollectionAsync(collection, expectedVersion, value, cancellationToken));

    public async ValueTask DeleteCollectionAsync(string collection, CancellationToken cancellationToken = default)
    {
        ThrowIf(IsAway);
        await store.DeleteCollectionAsync(collection, cancellationToken);
        ThrowIf(LosesAnswers);
    }

    public IAsyncEnumerable<string> ListNamespacesAsync(
        string collection, CancellationToken cancellationToken = default) =>
        store.ListNamespacesAsync(collection, cancellationToken);

    public async ValueTask<CatalogueRow?> ReadNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default)
    {
        ThrowIf(IsAway);
        await BeforeRead(collection);
        return await store.ReadNamespaceAsync(collection, name, cancellationToken);
    }

    public ValueTask<bool> TryWriteNamespaceAsync(
        string collection,
        string name,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken = default) =>
        ChangeAsync(() => store.TryWriteNamespaceAsync(collection, name, expectedVersion, value, cancellationToken));

    public ValueTask DeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        store.DeleteNamespaceAsync(collection, name, cancellationToken);

    private async ValueTask<bool> ChangeAsync(Func<ValueTask<bool>> change)
    {
        ThrowIf(IsAway);
        var isDone = await change();
        ThrowIf(LosesAnswers);
        return isDone;
    }

    private static void ThrowIf(bool fails)
    {
        if (fails) throw new IOException("the catalogue's store fails, for the test");
    }
}
