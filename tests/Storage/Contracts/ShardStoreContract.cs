using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;
using static VectorCluster.Storage.Tests.Contracts.StoreCalls;

namespace VectorCluster.Storage.Tests.Contracts;

/// <summary>What every shard store must do: owning and the log. Each store derives from this and supplies
/// <see cref="OpenAsync"/>.</summary>
public abstract partial class ShardStoreContract : IAsyncLifetime
{
    protected static readonly ShardId Shard = new("docs", "tenant", 0);

    /// <summary>The store under test.</summary>
    protected IShardStore Store { get; private set; } = null!; // set before each test

    /// <summary>Opens the store over what the one before, if any, left.</summary>
    protected abstract ValueTask<IShardStore> OpenAsync();

    /// <summary>Closes a store; what is stored stays.</summary>
    protected abstract ValueTask CloseAsync(IShardStore store);

    public async Task InitializeAsync() => Store = await OpenAsync();

    public virtual async Task DisposeAsync() => await CloseAsync(Store);

    protected async Task ReopenAsync()
    {
        await CloseAsync(Store);
        Store = await OpenAsync();
    }

    [Fact]
    public async Task A_new_shard_is_empty_and_its_first_epoch_is_1()
    {
        Assert.Equal(new ShardOwnership(new Epoch(1), Lsn.None, null), await Store.AcquireAsync(Shard));
        Assert.Empty(await Store.LogAsync(Shard));
        Assert.Null(await Store.ReadManifestAsync(Shard));
        Assert.Empty(await Store.PagesAsync(Shard));
    }

    [Fact]
    public async Task A_shard_that_was_never_acquired_reads_as_empty()
    {
        Assert.Empty(await Store.LogAsync(Shard));
        Assert.Null(await Store.ReadManifestAsync(Shard));
        Assert.Empty(await Store.PagesAsync(Shard));
        Assert.Empty(await Store.ShardsAsync(Shard.Collection));
    }

    // Goal: a deposed owner cannot change anything. Method: take ownership twice, then make every change with the first
    // epoch.
    [Fact]
    public async Task An_old_epoch_is_rejected_and_changes_nothing()
    {
        var old = (await Store.AcquireAsync(Shard)).Epoch;
        await Store.AppendAsync(Shard, old, 1, "one");
        var (epoch, last, _) = await Store.AcquireAsync(Shard);

        Assert.Equal(new Lsn(1), last);
        Assert.Equal(StoreStatus.Rejected, await Store.AppendAsync(Shard, old, 2, "old"));
        Assert.Equal(StoreStatus.Rejected, await Store.CheckpointAsync(Shard, old, 1, "old", (new(0, 0), [1])));
        Assert.Equal(StoreStatus.Rejected, await Store.TrimAsync(Shard, old, new Lsn(1)));
        Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, epoch, 2, "new"));
        Assert.Equal(["1:one", "2:new"], await Store.TextsAsync(Shard));
        Assert.Null(await Store.ReadManifestAsync(Shard));
    }

    // Goal: the epoch counts when the checkpoint comes into being, not when it was begun.
    [Fact]
    public async Task A_checkpoint_whose_owner_is_deposed_meanwhile_is_rejected()
    {
        var old = (await Store.AcquireAsync(Shard)).Epoch;
        await Store.CheckpointAsync(Shard, old, 0, "first", (new(0, 0), [1]));

        async IAsyncEnumerable<CheckpointPage> DeposeAsync()
        {
            yield return new(new(0, 0), new byte[] { 2 });
            var (epoch, _, _) = await Store.AcquireAsync(Shard);
            await Store.CheckpointAsync(Shard, epoch, 0, "second", (new(0, 0), [3]));
        }

        var status = await Store.WriteCheckpointAsync(Shard, old, new(Lsn.None, Bytes("late")), DeposeAsync());

        Assert.Equal(StoreStatus.Rejected, status);
        Assert.Equal([3], (await Store.PagesAsync(Shard))[new(0, 0)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task An_append_that_is_not_next_is_rejected_and_writes_nothing(long first)
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.AppendAsync(Shard, epoch, 1, "one", "two");

        Assert.Equal(StoreStatus.Rejected, await Store.AppendAsync(Shard, epoch, first, "x"));
        Assert.Equal(["1:one", "2:two"], await Store.TextsAsync(Shard));
        Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, epoch, 3, "three"));
    }

    // A store may send a large append in parts.
    [Fact]
    public async Task A_large_append_that_is_rejected_writes_no_part_of_it_even_when_it_is_sent_twice()
    {
        var large = new string('x', 300_000);
        var (old, _, _) = await Store.AcquireAsync(Shard);
        Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, old, 1, large));

        Assert.Equal(StoreStatus.Rejected, await Store.AppendAsync(Shard, old, 1, large));
        Assert.Equal(StoreStatus.Rejected, await Store.AppendAsync(Shard, old, 3, large));
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        Assert.Equal(StoreStatus.Rejected, await Store.AppendAsync(Shard, old, 2, large));

        Assert.Equal(["1:" + large], await Store.TextsAsync(Shard));
        Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, epoch, 2, large, "small"));
        Assert.Equal(["1:" + large, "2:" + large, "3:small"], await Store.TextsAsync(Shard));
    }

    [Fact]
    public async Task The_log_is_read_from_any_LSN_in_order_and_without_gaps()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        for (var lsn = 1; lsn <= 100; lsn += 4) await Store.AppendAsync(Shard, epoch, lsn, "a", "b", "c", "d");

        for (var from = 1; from <= 101; from += 7)
            Assert.Equal(
                Enumerable.Range(from, 101 - from), (await Store.LogAsync(Shard, from)).Select(r => (int)r.Lsn.Value));
    }

    [Fact]
    public async Task Everything_is_there_after_reopening_and_epochs_go_on()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.AppendAsync(Shard, epoch, 1, "one", "two");
        await Store.CheckpointAsync(Shard, epoch, 1, "manifest", (new(1, 7), [1, 2, 3]));
        await ReopenAsync();

        var owned = await Store.AcquireAsync(Shard);

        Assert.Equal((epoch.Value + 1, 2), (owned.Epoch.Value, owned.LastLsn.Value));
        Assert.Equal(["2:two"], await Store.TextsAsync(Shard, 2));
        Assert.Equal(Bytes("manifest"), (await Store.ReadManifestAsync(Shard))!.Body.ToArray());
        Assert.Equal([1, 2, 3], (await Store.PagesAsync(Shard))[new(1, 7)]);
    }

    [Fact]
    public async Task A_shard_that_nobody_owns_can_be_read()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.AppendAsync(Shard, epoch, 1, "one");
        await Store.CheckpointAsync(Shard, epoch, 1, "m", (new(0, 0), [9]));
        await ReopenAsync();

        Assert.Equal(["1:one"], await Store.TextsAsync(Shard));
        Assert.Equal(new Lsn(1), (await Store.ReadManifestAsync(Shard))!.Lsn);
        Assert.Equal([9], (await Store.PagesAsync(Shard))[new(0, 0)]);
    }

    [Fact]
    public async Task Records_of_32_MiB_come_back_as_they_were()
    {
        const int Seed = 7;
        var record = new byte[32 * 1024 * 1024];
        new Random(Seed).NextBytes(record);
        var (epoch, _, _) = await Store.AcquireAsync(Shard);

        await Store.AppendAsync(Shard, epoch, new Lsn(1), [record, Bytes("small"), record]);
        await Store.AppendAsync(Shard, epoch, new Lsn(4), [record]);
        await ReopenAsync();

        Assert.Equal(new Lsn(4), (await Store.AcquireAsync(Shard)).LastLsn);
        var log = await Store.LogAsync(Shard);
        Assert.All([0, 2, 3], i => Assert.True(log[i].Body.Span.SequenceEqual(record)));
        Assert.Equal(Bytes("small"), log[1].Body.ToArray());
    }

    [Fact]
    public async Task Zeros_and_every_short_length_come_back_as_they_were()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        var records = Enumerable.Range(1, 700).Select(n => (ReadOnlyMemory<byte>)new byte[n]).ToList();
        await Store.AppendAsync(Shard, epoch, new Lsn(1), records);
        await ReopenAsync();

        Assert.Equal(new Lsn(700), (await Store.AcquireAsync(Shard)).LastLsn);
        foreach (var (expected, actual) in records.Zip(await Store.LogAsync(Shard)))
            Assert.Equal(expected.ToArray(), actual.Body.ToArray());
    }

    [Fact]
    public async Task Appends_outside_the_limits_are_refused_as_the_callers_mistake()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        var tooMany = Enumerable.Repeat((ReadOnlyMemory<byte>)new byte[1], WalLimits.MaxRecords + 1).ToList();
        var third = new byte[(WalLimits.MaxCommitBytes / 3) + 1];
        IReadOnlyList<ReadOnlyMemory<byte>> tooManyBytes = [third, third, third];

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.AppendAsync(Shard, epoch, 1));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.AppendAsync(Shard, epoch, 1, ""));
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Store.AppendAsync(Shard, epoch, new Lsn(1), tooMany));
        await Assert.ThrowsAnyAsync<ArgumentException>(
            async () => await Store.AppendAsync(Shard, epoch, new Lsn(1), tooManyBytes));
        Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, epoch, new Lsn(1), tooMany[1..]));
    }

    [Fact]
    public async Task Different_shards_take_appends_at_the_same_time()
    {
        var shards = Enumerable.Range(0, 16).Select(i => new ShardId("docs", $"t{i % 4}", i)).ToList();
        await Task.WhenAll(shards.Select(shard => Task.Run(async () =>
        {
            var (epoch, _, _) = await Store.AcquireAsync(shard);
            for (var lsn = 1; lsn <= 20; lsn++)
                Assert.Equal(StoreStatus.Done, await Store.AppendAsync(shard, epoch, lsn, $"{shard} {lsn}"));
        })));
        await ReopenAsync();

        foreach (var shard in shards)
            Assert.Equal(Enumerable.Range(1, 20).Select(lsn => $"{lsn}:{shard} {lsn}"), await Store.TextsAsync(shard));
    }
}
