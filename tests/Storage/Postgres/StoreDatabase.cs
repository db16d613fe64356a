using Npgsql;
using VectorCluster.Storage.Postgres;
using VectorCluster.Tests.Postgres;
using StoreOptions = VectorCluster.Storage.Postgres.PostgresOptions;

namespace VectorCluster.Storage.Tests.Postgres;

/// <summary>A migrated database of one test, opened as often as the test likes.</summary>
internal sealed class StoreDatabase : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly EncryptionKeys? _keys;

    private StoreDatabase(TestDatabase database, EncryptionKeys? keys) => (_database, _keys) = (database, keys);

    public string ConnectionString => _database.ConnectionString;

    public static async Task<StoreDatabase> CreateAsync(EncryptionKeys? keys = null)
    {
        var server = await PostgresServer.SharedAsync();
        return new(await server.CreateDatabaseAsync(MigrateAsync), keys);
    }

    /// <summary>A key of zeros and an id.</summary>
    public static EncryptionKeys Keys(params IReadOnlyList<int> ids) => EncryptionKeys.Parse(
        string.Join(',', ids.Select(id => $"{id}:{Convert.ToBase64String([.. Enumerable.Repeat((byte)id, 32)])}")));

    public Task<PostgresDatabase> OpenAsync() => OpenAsync(_keys);

    public Task<PostgresDatabase> OpenAsync(EncryptionKeys? keys) =>
        PostgresDatabase.OpenAsync(new StoreOptions { ConnectionString = ConnectionString, Keys = keys });

    public async Task<int> RunAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary><see cref="TestDatabase.TablesWithAsync"/> over the program's tables.</summary>
    public Task<IReadOnlyList<string>> TablesWithAsync(string text) =>
        _database.TablesWithAsync("vectorcluster", text);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static Task MigrateAsync(string connectionString) => PostgresDatabase.MigrateAsync(connectionString);
}
