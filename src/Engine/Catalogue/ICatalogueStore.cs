namespace VectorCluster.Engine.Catalogue;

/// <summary>Where collections and namespaces are listed: small rows, each replaced as a whole under its
/// version.</summary>
/// <remarks>
/// Row values are the coordinator's JSON; the store does not look inside. A namespace costs a row and nothing else.
/// A call that throws has an unknown outcome; reading the row settles it.
/// </remarks>
public interface ICatalogueStore
{
    /// <summary>All collections, in no order.</summary>
    IAsyncEnumerable<CatalogueRow> ListCollectionsAsync(CancellationToken cancellationToken = default);

    /// <returns>Null: no such collection.</returns>
    ValueTask<CatalogueRow?> ReadCollectionAsync(string collection, CancellationToken cancellationToken = default);

    /// <summary>Writes the row if its version is still <paramref name="expectedVersion"/>; durable on return.</summary>
    /// <param name="expectedVersion">0: it must not exist. The new row gets the next version.</param>
    /// <returns>False: the version is another one, and nothing changed.</returns>
    ValueTask<bool> TryWriteCollectionAsync(
        string collection,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken = default);

    /// <summary>Deletes the row and those of its namespaces. None: no error.</summary>
    ValueTask DeleteCollectionAsync(string collection, CancellationToken cancellationToken = default);

    /// <summary>Names of a collection's namespaces, in no order.</summary>
    IAsyncEnumerable<string> ListNamespacesAsync(string collection, CancellationToken cancellationToken = default);

    /// <returns>Null: no such namespace.</returns>
    ValueTask<CatalogueRow?> ReadNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="TryWriteCollectionAsync"/>. The collection's row need not exist.</summary>
    ValueTask<bool> TryWriteNamespaceAsync(
        string collection,
        string name,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken = default);

    /// <summary>None: no error.</summary>
    ValueTask DeleteNamespaceAsync(string collection, string name, CancellationToken cancellationToken = default);
}

/// <param name="Version">From 1, one more with each write.</param>
public sealed record CatalogueRow(string Name, long Version, ReadOnlyMemory<byte> Value);
