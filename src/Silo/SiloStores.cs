using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Silo;

/// <summary>Where a silo keeps everything.</summary>
/// <param name="Owner">Closes both stores, after the silo.</param>
internal sealed record SiloStores(ICatalogueStore Catalogue, IShardStore Shards, IAsyncDisposable Owner)
{
    /// <exception cref="DataDirectoryException">Another process has it open, or it was written by a newer
    /// version.</exception>
    /// <exception cref="PostgresSchemaException">The schema does not fit this program.</exception>
    /// <exception cref="Npgsql.NpgsqlException">PostgreSQL does not answer, or refuses the user.</exception>
    public static async Task<SiloStores> OpenAsync(SiloSettings settings)
    {
        if (settings.Postgres is { } connectionString)
        {
            var database = await PostgresDatabase.OpenAsync(new() { ConnectionString = connectionString });
            return new(database.Catalogue, database.Shards, database);
        }

        var data = DataDirectory.Open(settings.DataDirectory);
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
