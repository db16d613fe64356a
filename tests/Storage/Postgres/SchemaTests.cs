using Npgsql;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;
using VectorCluster.Storage.Tests.Contracts;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Storage.Tests.Postgres;

public sealed class SchemaTests
{
    private static readonly ShardId Shard = new("docs", "tenant", 0);

    [Fact]
    public async Task Programs_that_start_together_migrate_once()
    {
        await using var empty = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();

        var applied = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => PostgresDatabase.MigrateAsync(empty.ConnectionString)));

        Assert.Equal(PostgresDatabase.SchemaVersion, applied.Sum(names => names.Count));
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_alone()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await database.RunAsync("INSERT INTO vectorcluster.schema_version (version, name) VALUES (9999, 'later')");

        var opening = await Assert.ThrowsAsync<PostgresSchemaException>(() => database.OpenAsync());
        var migrating = await Assert.ThrowsAsync<PostgresSchemaException>(
            () => PostgresDatabase.MigrateAsync(database.ConnectionString));

        Assert.Contains("9999", opening.Message, StringComparison.Ordinal);
        Assert.Contains("9999", migrating.Message, StringComparison.Ordinal);
    }

    // Goal: a server whose user may not make tables says what to do, and works once somebody did it.
    [Fact]
    public async Task A_user_who_may_not_migrate_is_told_who_may_and_works_afterwards()
    {
        await using var empty = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var role = $"app_{Guid.NewGuid():N}";
        await using var owner = NpgsqlDataSource.Create(empty.ConnectionString);
        await RunAsync(owner, $"CREATE ROLE {role} LOGIN PASSWORD 'secret'; REVOKE CREATE ON DATABASE \"{empty.Name}\" FROM PUBLIC");
        var asRole = new NpgsqlConnectionStringBuilder(empty.ConnectionString) { Username = role, Password = "secret" };
        var options = new VectorCluster.Storage.Postgres.PostgresOptions { ConnectionString = asRole.ConnectionString };
        try
        {
            var refusal = await Assert.ThrowsAsync<PostgresSchemaException>(() => PostgresDatabase.OpenAsync(options));
            Assert.Contains("admin migrate", refusal.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<PostgresSchemaException>(
                () => PostgresDatabase.OpenAsync(options with { Migrate = false }));

            await PostgresDatabase.MigrateAsync(empty.ConnectionString, grantTo: role);

            await using var opened = await PostgresDatabase.OpenAsync(options);
            var (epoch, _, _) = await opened.Shards.AcquireAsync(Shard);
            Assert.Equal(StoreStatus.Done, await opened.Shards.AppendAsync(Shard, epoch, 1, "one"));
            Assert.Equal(StoreStatus.Done, await opened.Shards.CheckpointAsync(Shard, epoch, 1, "m", (new(0, 0), [1])));
            Assert.Equal(StoreStatus.Done, await opened.Shards.TrimAsync(Shard, epoch, new Lsn(1)));
            Assert.True(await opened.Catalogue.TryWriteCollectionAsync("docs", 0, new byte[] { 1 }));
            await opened.Shards.DeleteAsync(Shard);
        }
        finally
        {
            await RunAsync(owner, $"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    // Data is found by it: a change would lose every namespace.
    [Theory]
    [InlineData("docs", "", 12)]
    [InlineData("docs", "tenant", 2)]
    [InlineData("doc", "stenant", 12)]
    [InlineData("数据", "🙂", 9)]
    public void The_partition_of_a_namespace_never_changes(string collection, string name, short partition) =>
        Assert.Equal(partition, Partition.Of(collection, name));

    [Fact]
    public void Namespaces_spread_over_all_partitions()
    {
        var counts = new int[Partition.Count];
        for (var i = 0; i < 16_000; i++) counts[Partition.Of("docs", $"tenant-{i}")]++;

        Assert.All(counts, count => Assert.InRange(count, 800, 1_200));
    }

    [Fact]
    public async Task A_second_server_is_refused_and_takes_over_once_the_first_has_gone()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var first = await database.OpenAsync();
        await using var second = await database.OpenAsync();
        var lease = await first.TakeLeaseAsync();

        var time = new JumpingTime();
        var refusal = await Assert.ThrowsAsync<DatabaseInUseException>(() => second.TakeLeaseAsync(time: time));
        Assert.Contains("vectorcluster", refusal.Message, StringComparison.Ordinal);

        await lease.DisposeAsync();
        await using var taken = await second.TakeLeaseAsync();
    }

    // PostgreSQL hides what a session does from other roles.
    [Fact]
    public async Task A_second_server_with_another_role_is_refused_just_so()
    {
        await using var database = await StoreDatabase.CreateAsync();
        var role = $"app_{Guid.NewGuid():N}";
        await database.RunAsync($"CREATE ROLE {role} LOGIN");
        try
        {
            await PostgresDatabase.MigrateAsync(database.ConnectionString, grantTo: role);
            var asRole = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role };
            await using var first = await database.OpenAsync();
            await using var lease = await first.TakeLeaseAsync();
            await using var second = await PostgresDatabase.OpenAsync(
                new VectorCluster.Storage.Postgres.PostgresOptions { ConnectionString = asRole.ConnectionString });

            await Assert.ThrowsAsync<DatabaseInUseException>(() => second.TakeLeaseAsync(time: new JumpingTime()));
        }
        finally
        {
            await database.RunAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Theory]
    [InlineData("postgres://user:secret@host/db?sslmode=require")]
    [InlineData("host=db port=5432 password=secret")]
    [InlineData("Host=db;Password=top;secret;Port=1")]
    [InlineData("Host=db;Port=secret")]
    public void A_malformed_connection_string_is_refused_without_being_quoted(string text)
    {
        var options = new VectorCluster.Storage.Postgres.PostgresOptions { ConnectionString = text };

        var refusal = Assert.Throws<ArgumentException>(() => options.ToString());

        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=db;Database=vectors;Username=me;Password=secret", "PostgreSQL database 'vectors' at db")]
    [InlineData("Host=db;Port=5433;Database=vectors;Username=me", "PostgreSQL database 'vectors' at db:5433")]
    public void A_database_is_named_by_where_it_is(string text, string name) => Assert.Equal(
        name, new VectorCluster.Storage.Postgres.PostgresOptions { ConnectionString = text }.ToString());

    [Fact]
    public async Task Silos_share_a_database_and_keep_a_server_that_would_be_alone_away()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var first = await database.OpenAsync();
        await using var second = await database.OpenAsync();
        await using var third = await database.OpenAsync();
        var silo = await first.TakeLeaseAsync(LeaseKind.Shared);
        var other = await second.TakeLeaseAsync(LeaseKind.Shared);

        await Assert.ThrowsAsync<DatabaseInUseException>(() => third.TakeLeaseAsync(time: new JumpingTime()));

        await silo.DisposeAsync();
        await other.DisposeAsync();
        await using var alone = await third.TakeLeaseAsync();
        await Assert.ThrowsAsync<DatabaseInUseException>(
            () => first.TakeLeaseAsync(LeaseKind.Shared, new JumpingTime()));
    }

    // The connection of a lease breaks when PostgreSQL restarts.
    [Fact]
    public async Task A_lease_whose_connection_was_cut_is_taken_again()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var first = await database.OpenAsync();
        await using var second = await database.OpenAsync();
        await using var lease = await first.TakeLeaseAsync();
        const string Holders = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = "
            + "(SELECT oid FROM pg_database WHERE datname = current_database())";

        await database.RunAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = "
            + "(SELECT oid FROM pg_database WHERE datname = current_database())");

        while (await database.ScalarAsync<long>(Holders) == 0) await Task.Yield();
        await Assert.ThrowsAsync<DatabaseInUseException>(() => second.TakeLeaseAsync(time: new JumpingTime()));
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Each look at the clock finds a minute gone, and no wait takes any time.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Add(ref _seconds, 60);
    }
}
