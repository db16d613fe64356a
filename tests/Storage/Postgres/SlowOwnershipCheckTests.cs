using Npgsql;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Storage.Tests.Postgres;

/// <summary>A check of ownership that is given up because the server is busy takes nothing from other calls.</summary>
public sealed class SlowOwnershipCheckTests
{
    private const string Name = "checked";
    private static readonly ShardId Shard = new("docs", "tenant", 0);

    // Goal: a slow server is not made slower by connecting anew. Method: the one connection there is waits for a lock,
    // and is not given up with the call.
    [Fact]
    public async Task A_check_that_is_given_up_leaves_the_connections_alone()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var opened = await OpenAsync(database);
        var epoch = (await opened.Shards.AcquireAsync(Shard)).Epoch;
        var before = await BackendAsync(database);
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var block = new NpgsqlCommand("LOCK TABLE vectorcluster.shard", connection);
        await block.ExecuteNonQueryAsync();
        using var stopping = new CancellationTokenSource();

        var asking = opened.Shards.AreCurrentAsync([(Shard, epoch)], stopping.Token).AsTask();
        while (!await database.ScalarAsync<bool>(
            $"SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = {before}")) await Task.Yield();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await transaction.RollbackAsync();

        Assert.Equal([true], await opened.Shards.AreCurrentAsync([(Shard, epoch)]));
        Assert.Equal(before, await BackendAsync(database));
    }

    // Goal: nor where none of the connections is free. Method: a checkpoint has the only one.
    [Fact]
    public async Task A_check_that_got_no_connection_leaves_the_connections_alone()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var opened = await OpenAsync(database);
        var epoch = (await opened.Shards.AcquireAsync(Shard)).Epoch;
        var before = await BackendAsync(database);

        await opened.Shards.WriteCheckpointAsync(Shard, epoch, new(Lsn.None, new byte[] { 1 }), AskAsync());

        Assert.Equal([true], await opened.Shards.AreCurrentAsync([(Shard, epoch)]));
        Assert.Equal(before, await BackendAsync(database));

        async IAsyncEnumerable<Engine.Checkpoints.CheckpointPage> AskAsync()
        {
            using var stopping = new CancellationTokenSource();
            var asking = opened.Shards.AreCurrentAsync([(Shard, epoch)], stopping.Token).AsTask();
            await stopping.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
            yield return new(new(0, 0), new byte[] { 1 });
        }
    }

    private static Task<PostgresDatabase> OpenAsync(StoreDatabase database) =>
        PostgresDatabase.OpenAsync(new VectorCluster.Storage.Postgres.PostgresOptions
        {
            ConnectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString)
            {
                ApplicationName = Name,
                MaxPoolSize = 1,
            }.ConnectionString,
        });

    /// <summary>The server's process behind the only connection of the store.</summary>
    private static Task<int> BackendAsync(StoreDatabase database) => database.ScalarAsync<int>(
        $"SELECT pid FROM pg_stat_activity WHERE application_name = '{Name}' ORDER BY backend_start DESC LIMIT 1");
}
