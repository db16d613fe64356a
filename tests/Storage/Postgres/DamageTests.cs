using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Postgres;

/// <summary>Bytes that are not as they were written are told, with their row, and never given out.</summary>
public sealed class DamageTests : IAsyncLifetime
{
    private static readonly ShardId Shard = new("docs", "tenant", 0);

    private StoreDatabase _database = null!; // set before each test
    private PostgresDatabase _opened = null!;

    private IShardStore Store => _opened.Shards;

    public async Task InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync();
        _opened = await _database.OpenAsync();
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.AppendAsync(Shard, epoch, 1, "one", "two");
        await Store.AppendAsync(Shard, epoch, 3, new string('x', 20_000));
        await Store.CheckpointAsync(
            Shard,
            epoch,
            1,
            "manifest",
            (new PageKey(1, 0), [.. Enumerable.Repeat((byte)1, 40_000)]),
            (new PageKey(2, 7), [1, 2, 3]));
    }

    public async Task DisposeAsync()
    {
        await _opened.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_wrong_before_anything_is_damaged()
    {
        Assert.Equal(3, (await Store.LogAsync(Shard)).Count);
        Assert.Equal(2, (await Store.PagesAsync(Shard)).Count);
        Assert.NotNull(await Store.ReadManifestAsync(Shard));
    }

    // Goal: every byte of every row is under a checksum. Method: flip bits all over a row of each kind.
    [Theory]
    [InlineData("UPDATE vectorcluster.page SET bytes = set_byte(bytes, {0} % length(bytes), "
        + "get_byte(bytes, {0} % length(bytes)) # 4) WHERE page_key >> 32 = 2")]
    [InlineData("UPDATE vectorcluster.page SET bytes = set_byte(bytes, {0} * 97 % length(bytes), "
        + "get_byte(bytes, {0} * 97 % length(bytes)) # 1) WHERE page_key >> 32 = 1 AND start > 0")]
    [InlineData("UPDATE vectorcluster.page SET start = start + {0} + 1 WHERE page_key >> 32 = 2")]
    [InlineData("UPDATE vectorcluster.page SET page_key = page_key + {0} + 1 WHERE page_key >> 32 = 2")]
    public async Task A_changed_page_is_told(string change)
    {
        for (var i = 0; i < 8; i++)
        {
            await _database.RunAsync("CREATE TABLE kept AS SELECT * FROM vectorcluster.page");
            Assert.NotEqual(0, await _database.RunAsync(change.Replace("{0}", $"{i}", StringComparison.Ordinal)));

            var damage = await Assert.ThrowsAsync<StoreCorruptedException>(() => Store.PagesAsync(Shard));

            Assert.Contains("page_key", damage.Where, StringComparison.Ordinal);
            await _database.RunAsync(
                "DELETE FROM vectorcluster.page; INSERT INTO vectorcluster.page SELECT * FROM kept; DROP TABLE kept");
        }
    }

    [Theory]
    [InlineData("DELETE FROM vectorcluster.page WHERE page_key >> 32 = 2")]
    [InlineData("DELETE FROM vectorcluster.page WHERE start > 0 AND start < 30000")]
    [InlineData("DELETE FROM vectorcluster.page")]
    public async Task A_missing_slice_is_told(string change)
    {
        await _database.RunAsync(change);

        var damage = await Assert.ThrowsAsync<StoreCorruptedException>(() => Store.PagesAsync(Shard));

        Assert.Contains("slices", damage.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE vectorcluster.wal SET bytes = set_byte(bytes, {0}, get_byte(bytes, {0}) # 2) WHERE last_lsn = 2")]
    [InlineData("UPDATE vectorcluster.wal SET bytes = set_byte(bytes, {0} * 401, get_byte(bytes, {0} * 401) # 2) "
        + "WHERE last_lsn = 3 AND slice = 1")]
    [InlineData("DELETE FROM vectorcluster.wal WHERE last_lsn = 3 AND slice = {0} % 3")]
    [InlineData("UPDATE vectorcluster.wal SET last_lsn = 4 + {0} WHERE last_lsn = 3")]
    public async Task A_changed_log_is_told(string change)
    {
        for (var i = 0; i < 8; i++)
        {
            await _database.RunAsync("CREATE TABLE kept AS SELECT * FROM vectorcluster.wal");
            Assert.NotEqual(0, await _database.RunAsync(change.Replace("{0}", $"{i}", StringComparison.Ordinal)));

            await Assert.ThrowsAsync<StoreCorruptedException>(() => Store.LogAsync(Shard));

            await _database.RunAsync(
                "DELETE FROM vectorcluster.wal; INSERT INTO vectorcluster.wal SELECT * FROM kept; DROP TABLE kept");
        }
    }

    [Fact]
    public async Task A_changed_manifest_is_told_to_whoever_takes_the_shard()
    {
        await _database.RunAsync(
            "UPDATE vectorcluster.checkpoint SET manifest = set_byte(manifest, 9, get_byte(manifest, 9) # 1)");

        await Assert.ThrowsAsync<StoreCorruptedException>(async () => await Store.AcquireAsync(Shard));
        await Assert.ThrowsAsync<StoreCorruptedException>(async () => await Store.ReadManifestAsync(Shard));
    }

    [Fact]
    public async Task Other_shards_serve_beside_a_damaged_one()
    {
        var other = Shard with { Index = 1 };
        var (epoch, _, _) = await Store.AcquireAsync(other);
        await Store.AppendAsync(other, epoch, 1, "fine");
        await _database.RunAsync("UPDATE vectorcluster.wal SET bytes = '' WHERE last_lsn = 2");

        await Assert.ThrowsAsync<StoreCorruptedException>(() => Store.LogAsync(Shard));
        Assert.Equal(["1:fine"], await Store.TextsAsync(other));
    }
}
