using Npgsql;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Postgres;

/// <summary>Defaults of servers and roles that would make the store's statements mean something else.</summary>
public sealed class SessionTests
{
    private static readonly ShardId Shard = new("docs", "tenant", 0);

    // Goal: no acknowledged write is lost where the database trades durability for speed. Method: one connection, taken
    // from the pool again and again; giving it back must not reset what it was set to.
    [Theory]
    [InlineData("off", "on")]
    [InlineData("on", "on")]
    [InlineData("remote_apply", "remote_apply")]
    public async Task Commits_stay_durable_however_often_a_connection_is_used(string configured, string effective)
    {
        await using var database = await DatabaseWithAsync("synchronous_commit", configured);
        await using var source = PostgresConnection.CreateSource(database.ConnectionString);

        for (var use = 0; use < 3; use++)
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand("SHOW synchronous_commit", connection);
            Assert.Equal(effective, await command.ExecuteScalarAsync());
        }
    }

    // Goal: nothing of a deleted shard stays, and an owner reads the newest checkpoint, also where transactions see by
    // default what was there when they began. Method: let a checkpoint wait, then what comes after it, then neither.
    [Theory]
    [InlineData("read committed")]
    [InlineData("repeatable read")]
    [InlineData("serializable")]
    public async Task A_deletion_that_waited_for_a_checkpoint_deletes_its_pages_too(string isolation)
    {
        await using var database = await DatabaseWithAsync("default_transaction_isolation", isolation);
        await using var owner = await database.OpenAsync();
        await using var other = await database.OpenAsync();
        var (epoch, _, _) = await owner.Shards.AcquireAsync(Shard);

        var checkpoint = await InThatOrderAsync(
            database,
            () => owner.Shards.CheckpointAsync(Shard, epoch, 0, "m", (new(0, 0), [1])).AsTask(),
            () => other.Shards.DeleteAsync(Shard).AsTask());

        Assert.Equal(StoreStatus.Done, checkpoint);
        foreach (var table in (string[])["shard", "page", "checkpoint"])
            Assert.Equal(0, await database.ScalarAsync<long>($"SELECT count(*) FROM vectorcluster.{table}"));
    }

    [Theory]
    [InlineData("read committed")]
    [InlineData("repeatable read")]
    [InlineData("serializable")]
    public async Task An_owner_that_waited_for_a_checkpoint_reads_that_one(string isolation)
    {
        await using var database = await DatabaseWithAsync("default_transaction_isolation", isolation);
        await using var owner = await database.OpenAsync();
        await using var other = await database.OpenAsync();
        var (epoch, _, _) = await owner.Shards.AcquireAsync(Shard);
        await owner.Shards.CheckpointAsync(Shard, epoch, 0, "first", (new(0, 0), [1]));

        var checkpoint = await InThatOrderAsync(
            database,
            () => owner.Shards.CheckpointAsync(Shard, epoch, 0, "second", (new(0, 0), [2]), (new(0, 1), [3])).AsTask(),
            () => other.Shards.AcquireAsync(Shard).AsTask());

        Assert.Equal(StoreStatus.Done, checkpoint);
        Assert.Equal(2, (await other.Shards.PagesAsync(Shard)).Count);
    }

    // Goal: a large shard can be replaced and deleted, however long it takes. Method: each row takes its time, all of
    // them more than a statement may.
    [Fact]
    public async Task Deleting_many_pages_takes_longer_than_other_statements_may()
    {
        await using var database = await StoreDatabase.CreateAsync();
        var options = new VectorCluster.Storage.Postgres.PostgresOptions
        {
            ConnectionString = $"{database.ConnectionString};Command Timeout=1",
        };
        await using var opened = await PostgresDatabase.OpenAsync(options);
        var (epoch, _, _) = await opened.Shards.AcquireAsync(Shard);
        var pages = Enumerable.Range(0, 15).Select(i => (new PageKey(0, (uint)i), new byte[] { 1 })).ToArray();
        await opened.Shards.CheckpointAsync(Shard, epoch, 0, "first", pages);
        await database.RunAsync(
            $"""
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.1); RETURN OLD; END';
            CREATE TRIGGER slow BEFORE DELETE ON vectorcluster.page_{Partition.Of(Shard.Collection, Shard.Namespace)}
            FOR EACH ROW EXECUTE FUNCTION slow()
            """);

        Assert.Equal(StoreStatus.Done, await opened.Shards.CheckpointAsync(Shard, epoch, 0, "second", pages));
        await opened.Shards.DeleteAsync(Shard);

        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM vectorcluster.page"));
    }

    private static async Task<StoreDatabase> DatabaseWithAsync(string setting, string value)
    {
        var database = await StoreDatabase.CreateAsync();
        var name = await database.ScalarAsync<string>("SELECT current_database()::text");
        await database.RunAsync($"ALTER DATABASE \"{name}\" SET {setting} = '{value}'");
        return database;
    }

    /// <summary>Has two calls wait for the shard's row, or for each other, then lets them go.</summary>
    /// <returns>What the first one returned.</returns>
    private static async Task<T> InThatOrderAsync<T>(
        StoreDatabase database, Func<Task<T>> first, Func<Task> second)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var block = new NpgsqlCommand("SELECT 1 FROM vectorcluster.shard FOR UPDATE", connection);
        await block.ExecuteNonQueryAsync();
        var running = first();
        await WaitersAsync(database, 1);
        var next = second();
        await WaitersAsync(database, 2);
        await transaction.CommitAsync();
        await Task.WhenAll(running, next);
        return await running;
    }

    private static async Task WaitersAsync(StoreDatabase database, long count)
    {
        const string Waiting = "SELECT count(*) FROM pg_stat_activity "
            + "WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while (await database.ScalarAsync<long>(Waiting) < count) await Task.Yield();
    }
}
