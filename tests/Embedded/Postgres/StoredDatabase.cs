using Npgsql;
using VectorCluster.Storage;
using VectorCluster.Storage.Postgres;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Embedded.Tests.Postgres;

/// <summary>A PostgreSQL database of one test, which embedded databases are opened over.</summary>
internal sealed class StoredDatabase : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private StoredDatabase(TestDatabase database) => _database = database;

    public string ConnectionString => _database.ConnectionString;

    public static async Task<StoredDatabase> CreateAsync()
    {
        var server = await PostgresServer.SharedAsync();
        return new(await server.CreateDatabaseAsync(MigrateAsync));
    }

    /// <param name="connections">Most connections at once; 0: the store's own bound.</param>
    /// <param name="smallLogBytes">Log that needs no checkpoint.</param>
    public async Task<VectorDatabase> OpenAsync(int connections = 0, long smallLogBytes = 64 * 1024)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString);
        if (connections > 0) settings.MaxPoolSize = connections;
        return await VectorDatabase.OpenAsync(
            await DatabaseStores.OpenPostgresAsync(new() { ConnectionString = settings.ConnectionString }),
            new() { Shards = new() { SmallLogBytes = smallLogBytes } });
    }

    public async Task RunAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary><see cref="TestDatabase.TablesWithAsync"/> over the program's tables.</summary>
    public Task<IReadOnlyList<string>> TablesWithAsync(string text) =>
        _database.TablesWithAsync("vectorcluster", text);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static Task MigrateAsync(string connectionString) => PostgresDatabase.MigrateAsync(connectionString);
}
