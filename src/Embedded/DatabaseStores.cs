using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Postgres;

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

    /// <summary>Tables in a PostgreSQL database, which no other process serves meanwhile.</summary>
    /// <param name="time">Null: the system's clock.</param>
    /// <exception cref="PostgresSchemaException">The schema does not fit this program.</exception>
    /// <exception cref="MissingKeyException">The database is encrypted and the keys do not fit.</exception>
    /// <exception cref="DatabaseInUseException">Another process serves the database.</exception>
    public static async Task<DatabaseStores> OpenPostgresAsync(
        PostgresOptions options, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var database = await PostgresDatabase.OpenAsync(options, cancellationToken);
        try
        {
            var lease = await database.TakeLeaseAsync(time, cancellationToken);
            return new(database.Catalogue, database.Shards, new Postgres(database, lease));
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
