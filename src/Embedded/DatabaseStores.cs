using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;

namespace VectorCluster.Embedded;

/// <summary>Where a database keeps everything: the rows of its catalogue, and its shards.</summary>
/// <param name="Owner">Closes both stores. The database that was opened over them does it, last of all.</param>
public sealed record DatabaseStores(ICatalogueStore Catalogue, IShardStore Shards, IAsyncDisposable Owner)
{
    /// <summary>Files in a directory, which is made if it does not exist.</summary>
    /// <exception cref="DataDirectoryException">Another process has it open, or it was written by a newer
    /// version.</exception>
    public static DatabaseStores OpenFiles(string directory)
    {
        var data = DataDirectory.Open(directory);
        var catalogue = new FileCatalogueStore(data);
        var shards = new FileShardStore(data);
        return new(catalogue, shards, new Files(data, catalogue, shards));
    }

    private sealed class Files(DataDirectory directory, FileCatalogueStore catalogue, FileShardStore shards)
        : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await shards.DisposeAsync();
            catalogue.Dispose();
            directory.Dispose();
        }
    }
}
