using Npgsql;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Harness.Tests.Postgres;

public sealed class PostgresServerTests
{
    private static int _migrations;

    [Fact]
    public async Task Databases_are_migrated_once_and_apart_from_each_other()
    {
        var server = await PostgresServer.SharedAsync();
        await using var first = await server.CreateDatabaseAsync(MigrateAsync);
        await RunAsync(first.ConnectionString, "INSERT INTO migrated VALUES (1)");

        var others = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => server.CreateDatabaseAsync(MigrateAsync)));
        foreach (var other in others)
        {
            await using var database = other;
            Assert.Equal(0L, await RunAsync(database.ConnectionString, "SELECT count(*) FROM migrated"));
        }

        Assert.Equal(1, _migrations);
        Assert.Equal(1L, await RunAsync(first.ConnectionString, "SELECT count(*) FROM migrated"));
    }

    [Fact]
    public async Task A_database_is_dropped_although_somebody_is_connected()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();

        await database.DisposeAsync();

        await using var other = await server.CreateDatabaseAsync();
        var left = await RunAsync(
            other.ConnectionString, $"SELECT count(*) FROM pg_database WHERE datname = '{database.Name}'");
        Assert.Equal(0L, left);
    }

    [Fact]
    public async Task A_migration_that_fails_fails_the_test_with_its_own_reason()
    {
        static Task FailAsync(string connectionString) => throw new TimeoutException("the migration failed");
        var server = await PostgresServer.SharedAsync();

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => server.CreateDatabaseAsync(FailAsync));

        Assert.Equal("the migration failed", failure.Message);
    }

    // Goal: the end of a test whose server was killed does not hide why the test failed.
    [OwnPostgresFact]
    public async Task A_database_of_a_dead_server_is_disposed_without_a_word()
    {
        await using var own = await ThrowAwayPostgres.CreateAsync();
        var database = await new PostgresServer(own).CreateDatabaseAsync();

        await own.KillAsync();

        await database.DisposeAsync();
    }

    private static async Task MigrateAsync(string connectionString)
    {
        Interlocked.Increment(ref _migrations);
        await RunAsync(connectionString, "CREATE TABLE migrated (number integer)"); // leaves a pooled connection
    }

    private static async Task<object?> RunAsync(string connectionString, string statement)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync();
    }
}
