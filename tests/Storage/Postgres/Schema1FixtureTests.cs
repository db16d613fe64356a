using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;
using VectorCluster.Storage.Tests.Contracts;
using VectorCluster.Tests.Postgres;
using StoreOptions = VectorCluster.Storage.Postgres.PostgresOptions;

namespace VectorCluster.Storage.Tests.Postgres;

/// <summary>A database of schema version 1, committed as it was written, must load for ever: one shard in the clear,
/// one encrypted with key 7.</summary>
public sealed class Schema1FixtureTests
{
    private const string VersionTable =
        """
        CREATE SCHEMA vectorcluster;
        CREATE TABLE vectorcluster.schema_version (
            version integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
        INSERT INTO vectorcluster.schema_version (version, name) VALUES (1, '0001_shards');
        """;

    private static readonly string Fixture = Path.Join(AppContext.BaseDirectory, "Fixtures", "postgres-1");

    [Fact]
    public async Task A_database_of_schema_1_loads()
    {
        await using var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(LoadAsync);
        await using var opened = await PostgresDatabase.OpenAsync(new StoreOptions
        {
            ConnectionString = database.ConnectionString,
            Keys = StoreDatabase.Keys(7),
        });

        for (var index = 0; index < 2; index++)
        {
            var shard = new ShardId("docs", "tenant", index);
            var owned = await opened.Shards.AcquireAsync(shard);
            Assert.Equal((3, 5), (owned.Epoch.Value, owned.LastLsn.Value));
            Assert.Equal(new Lsn(2), owned.Checkpoint!.Lsn);
            Assert.Equal(StoreCalls.Bytes("manifest 2"), owned.Checkpoint.Body.ToArray());
            var pages = await opened.Shards.PagesAsync(shard);
            Assert.Equal(2, pages.Count);
            Assert.Equal(PageOf(0, 12_000), pages[new PageKey(1, 0)]);
            Assert.Equal(PageOf(2, 300), pages[new PageKey(16, 3)]);
            Assert.Equal(
                ["3:three", "4:" + new string('x', 9_000), "5:five"], await opened.Shards.TextsAsync(shard, 3));
        }

        Assert.Equal(2, (await opened.Shards.ShardsAsync("docs", "tenant")).Count);
        Assert.Equal(StoreCalls.Bytes("{}"), (await opened.Catalogue.ReadCollectionAsync("docs"))!.Value.ToArray());
        var row = await opened.Catalogue.ReadNamespaceAsync("docs", "tenant");
        Assert.Equal(StoreCalls.Bytes("[]"), row!.Value.ToArray());
    }

    // A script that databases have run can't be changed any more: it needs a new one that follows it.
    [Fact]
    public async Task The_script_that_made_it_is_still_the_same()
    {
        await using var script = typeof(PostgresDatabase).Assembly.GetManifestResourceStream("0001_shards.sql")!;
        using var reader = new StreamReader(script);

        Assert.Equal(await ReadAsync("0001_shards.sql"), await reader.ReadToEndAsync());
    }

    private static async Task LoadAsync(string connectionString)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(connectionString);
        foreach (var sql in (string[])
            [VersionTable, await ReadAsync("0001_shards.sql"), await ReadAsync("data.sql")])
        {
            await using var command = source.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Join(Fixture, name));

    /// <summary>Bytes that end in zeros, which are not stored.</summary>
    private static byte[] PageOf(int seed, int length) =>
        [.. Enumerable.Range(0, length).Select(i => i < length * 3 / 4 ? (byte)(seed + (i * 7)) : (byte)0)];
}
