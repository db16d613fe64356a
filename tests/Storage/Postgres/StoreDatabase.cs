using System.Text;
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

    /// <summary>Tables of the program in which a text stands somewhere, as such or within bytes.</summary>
    public async Task<IReadOnlyList<string>> TablesWithAsync(string text)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        var tables = new List<string>();
        await using (var command = source.CreateCommand(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'vectorcluster'"))
        {
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        }

        Assert.True(tables.Count > 5 * Partition.Count); // it looked at them all
        var found = new List<string>();
        foreach (var table in tables)
        {
            await using var command = source.CreateCommand(
                $"SELECT count(*) FROM vectorcluster.{table} t WHERE t::text LIKE $1 OR t::text LIKE $2");
            command.Parameters.AddWithValue($"%{text}%");
            command.Parameters.AddWithValue($"%{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text))}%");
            if ((long)(await command.ExecuteScalarAsync())! > 0) found.Add(table);
        }

        return found;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static Task MigrateAsync(string connectionString) => PostgresDatabase.MigrateAsync(connectionString);
}
