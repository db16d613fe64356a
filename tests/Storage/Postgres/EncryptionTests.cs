using Npgsql;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Postgres;

public sealed class EncryptionTests
{
    private const string Marker = "ATTACK-AT-DAWN";

    private static readonly ShardId Shard = new("docs", "tenant", 0);

    [Fact]
    public async Task What_is_written_under_a_key_stands_nowhere_in_the_clear()
    {
        await using var database = await StoreDatabase.CreateAsync(StoreDatabase.Keys(1));
        await using (var opened = await database.OpenAsync()) await FillAsync(opened.Shards);

        Assert.Empty(await database.TablesWithAsync(Marker));
    }

    // The search that the other tests rely on does find what is there.
    [Fact]
    public async Task Without_a_key_it_does()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using (var opened = await database.OpenAsync()) await FillAsync(opened.Shards);

        var tables = await database.TablesWithAsync(Marker);

        Assert.Contains("wal", tables);
        Assert.Contains("page", tables);
        Assert.Contains("checkpoint", tables);
    }

    [Fact]
    public async Task An_encrypted_database_does_not_open_without_its_key_or_with_another_key_of_that_id()
    {
        await using var database = await StoreDatabase.CreateAsync(StoreDatabase.Keys(1));
        await using (var opened = await database.OpenAsync()) await FillAsync(opened.Shards);
        var impostor = EncryptionKeys.Parse($"1:{Convert.ToBase64String(new byte[32])}");

        await Assert.ThrowsAsync<MissingKeyException>(() => database.OpenAsync(keys: null));
        await Assert.ThrowsAsync<MissingKeyException>(() => database.OpenAsync(StoreDatabase.Keys(2)));
        await Assert.ThrowsAsync<MissingKeyException>(() => database.OpenAsync(impostor));
        await using (var opened = await database.OpenAsync(StoreDatabase.Keys(2, 1))) await ReadAsync(opened.Shards);
    }

    // Goal: keys can be rotated while everything is in use. Method: write in the clear, then under key 1, then under
    // key 2 with 1 still known; rekey; then 2 alone opens all.
    [Fact]
    public async Task After_rekeying_the_newest_key_alone_reads_everything()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using (var plain = await database.OpenAsync()) await FillAsync(plain.Shards);
        await using (var first = await database.OpenAsync(StoreDatabase.Keys(1)))
            await FillAsync(first.Shards, Shard with { Index = 1 });
        await using (var second = await database.OpenAsync(StoreDatabase.Keys(2, 1)))
        {
            await ReadAsync(second.Shards);
            await ReadAsync(second.Shards, Shard with { Index = 1 });

            Assert.True(await second.RekeyAsync() > 0);
            Assert.Equal(0, await second.RekeyAsync());

            var (epoch, last, _) = await second.Shards.AcquireAsync(Shard); // goes on beside it
            Assert.Equal(StoreStatus.Done, await second.Shards.AppendAsync(Shard, epoch, last.Value + 1, "more"));
        }

        await using var alone = await database.OpenAsync(StoreDatabase.Keys(2));
        await ReadAsync(alone.Shards, extra: 1);
        await ReadAsync(alone.Shards, Shard with { Index = 1 });
        Assert.Empty(await database.TablesWithAsync(Marker));
    }

    // Goal: a frame that a server trims under rekeying's hands does not end it early, with others still under the old
    // key. Method: hold back the deletion of the first frame until rekeying waits for it.
    [Fact]
    public async Task Rekeying_passes_over_a_frame_that_is_trimmed_meanwhile()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using (var first = await database.OpenAsync(StoreDatabase.Keys(1)))
            for (var i = 0; i < 3; i++) await AppendAsync(first.Shards, Shard with { Index = i });
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var trimmer = await source.OpenConnectionAsync();
        await using var trimming = await trimmer.BeginTransactionAsync();
        await using var trim = new NpgsqlCommand(
            "DELETE FROM vectorcluster.wal WHERE shard_key = (SELECT min(shard_key) FROM vectorcluster.wal)", trimmer);
        Assert.Equal(1, await trim.ExecuteNonQueryAsync());

        await using (var second = await database.OpenAsync(StoreDatabase.Keys(2, 1)))
        {
            var rekeying = second.RekeyAsync();
            while (await database.ScalarAsync<long>(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                == 0) await Task.Yield();
            await trimming.CommitAsync();
            await rekeying;
        }

        await using var alone = await database.OpenAsync(StoreDatabase.Keys(2));
        for (var i = 1; i < 3; i++)
            Assert.Equal(["1:record"], await alone.Shards.TextsAsync(Shard with { Index = i }, 1));

        static async Task AppendAsync(IShardStore store, ShardId shard)
        {
            var (epoch, _, _) = await store.AcquireAsync(shard);
            await store.AppendAsync(shard, epoch, 1, "record");
        }
    }

    // Goal: no key is retired that a server still writes with. Method: a lease, as every server holds one.
    [Fact]
    public async Task Rekeying_is_refused_while_a_server_writes_with_an_old_key()
    {
        await using var database = await StoreDatabase.CreateAsync(StoreDatabase.Keys(1));
        await using var server = await database.OpenAsync();
        await FillAsync(server.Shards);
        await using var operator_ = await database.OpenAsync(StoreDatabase.Keys(2, 1));
        var lease = await server.TakeLeaseAsync();

        var refusal = await Assert.ThrowsAsync<KeyInUseException>(() => operator_.RekeyAsync());
        Assert.Contains("key 1", refusal.Message, StringComparison.Ordinal);
        await using (var reader = await database.OpenAsync(StoreDatabase.Keys(2, 1))) await ReadAsync(reader.Shards);
        await lease.DisposeAsync();

        await using var restarted = await operator_.TakeLeaseAsync();
        Assert.True(await operator_.RekeyAsync() > 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("0:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("1:AAAA")]
    [InlineData("1:not base64 at all")]
    [InlineData("x:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void Keys_that_are_not_as_described_are_refused_without_being_quoted(string text)
    {
        var refusal = Assert.Throws<FormatException>(() => EncryptionKeys.Parse(text));

        Assert.DoesNotContain("AAAA", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_key_writes_and_comments_do_not_count()
    {
        var key = Convert.ToBase64String(new byte[32]);

        var keys = EncryptionKeys.Parse($"# ours\n7:{key}\r\n\n 3:{key} \n");

        Assert.Equal(7u, keys.CurrentId);
        Assert.Equal([3u, 7u], keys.Ids.Order());
    }

    private static async Task FillAsync(IShardStore store, ShardId? shard = null)
    {
        var id = shard ?? Shard;
        var (epoch, _, _) = await store.AcquireAsync(id);
        await store.AppendAsync(id, epoch, 1, "before");
        await store.CheckpointAsync(
            id,
            epoch,
            1,
            $"manifest {Marker}",
            (new PageKey(2, 0), [.. StoreCalls.Bytes(string.Concat(Enumerable.Repeat(Marker, 3_000)))]));
        await store.AppendAsync(id, epoch, 2, $"{Marker} 2", new string('y', 30_000), "4");
    }

    private static async Task ReadAsync(IShardStore store, ShardId? shard = null, int extra = 0)
    {
        var id = shard ?? Shard;
        var log = await store.TextsAsync(id, 2);
        Assert.Equal($"2:{Marker} 2", log[0]);
        Assert.Equal(3 + extra, log.Length);
        var manifest = (await store.AcquireAsync(id)).Checkpoint!;
        Assert.Equal($"manifest {Marker}", System.Text.Encoding.UTF8.GetString(manifest.Body.Span));
        var page = (await store.PagesAsync(id))[new(2, 0)];
        Assert.Equal(StoreCalls.Bytes(string.Concat(Enumerable.Repeat(Marker, 3_000))), page);
    }
}
