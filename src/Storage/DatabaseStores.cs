using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Storage;

/// <summary>Where a database keeps everything: the rows of its catalogue, and its shards.</summary>
/// <param name="Owner">Closes both stores. Whoever was opened over them does it, last of all.</param>
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

    /// <summary>Tables in a PostgreSQL database.</summary>
    /// <param name="lease">Whether this process serves the database alone, or as one of a cluster.</param>
    /// <param name="time">Null: the system's clock.</param>
    /// <exception cref="PostgresSchemaException">The schema does not fit this program.</exception>
    /// <exception cref="MissingKeyException">The database is encrypted and the keys do not fit.</exception>
    /// <exception cref="DatabaseInUseException">Another process serves the database alone, or, where this one would,
    /// at all.</exception>
    public static async Task<DatabaseStores> OpenPostgresAsync(
        PostgresOptions options,
        LeaseKind lease = LeaseKind.Alone,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        var database = await PostgresDatabase.OpenAsync(options, cancellationToken);
        try
        {
            var taken = await database.TakeLeaseAsync(lease, time, cancellationToken);
            return new(database.Catalogue, database.Shards, new Postgres(database, taken));
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    private sealed class Postgres(PostgresDatabase database, IAsyncDisposable lease) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await lease.DisposeAsync();
            await database.DisposeAsync();
        }
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
