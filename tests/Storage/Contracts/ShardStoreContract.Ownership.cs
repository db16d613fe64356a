using VectorCluster.Engine.Shards;
using static VectorCluster.Storage.Tests.Contracts.StoreCalls;

namespace VectorCluster.Storage.Tests.Contracts;

/// <summary>What every shard store must do: what an owner is told, and how it settles what it does not
/// know.</summary>
public abstract partial class ShardStoreContract
{
    [Fact]
    public async Task An_owner_is_given_the_last_checkpoint_as_it_is_read_otherwise()
    {
        var (epoch, _, none) = await Store.AcquireAsync(Shard);
        await Store.AppendAsync(Shard, epoch, 1, "one", "two");
        await Store.CheckpointAsync(Shard, epoch, 1, "first", (new(0, 0), [1]));
        await Store.CheckpointAsync(Shard, epoch, 2, "second", (new(0, 1), [2]));

        var acquired = (await Store.AcquireAsync(Shard)).Checkpoint;
        await ReopenAsync();
        var reopened = await Store.AcquireAsync(Shard);
        var renewed = await Store.RenewAsync(Shard, reopened.Epoch);

        Assert.Null(none);
        foreach (var checkpoint in new[] { acquired, reopened.Checkpoint, renewed!.Value.Checkpoint })
        {
            Assert.Equal(new Lsn(2), checkpoint!.Lsn);
            Assert.Equal(Bytes("second"), checkpoint.Body.ToArray());
        }
    }

    // Goal: after a renewal nothing of before can land. Method: make every change with the epoch that was renewed.
    [Fact]
    public async Task Renewing_takes_the_next_epoch_and_says_what_is_there()
    {
        var (old, _, _) = await Store.AcquireAsync(Shard);
        await Store.AppendAsync(Shard, old, 1, "one", "two");

        var (epoch, last, _) = (await Store.RenewAsync(Shard, old))!.Value;

        Assert.True(epoch.Value > old.Value);
        Assert.Equal(new Lsn(2), last);
        Assert.Equal(StoreStatus.Rejected, await Store.AppendAsync(Shard, old, 3, "old"));
        Assert.Equal(StoreStatus.Rejected, await Store.CheckpointAsync(Shard, old, 2, "old", (new(0, 0), [1])));
        Assert.Equal(StoreStatus.Rejected, await Store.TrimAsync(Shard, old, new Lsn(1)));
        Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, epoch, 3, "new"));
        Assert.Equal(["1:one", "2:two", "3:new"], await Store.TextsAsync(Shard));
    }

    [Fact]
    public async Task A_deposed_owner_can_not_renew_and_deposes_nobody()
    {
        var (old, _, _) = await Store.AcquireAsync(Shard);
        var (epoch, _, _) = await Store.AcquireAsync(Shard);

        Assert.Null(await Store.RenewAsync(Shard, old));
        Assert.Null(await Store.RenewAsync(Shard, new Epoch(epoch.Value + 1)));
        Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, epoch, 1, "one"));
    }

    [Fact]
    public async Task A_shard_that_is_gone_can_not_be_renewed_and_does_not_come_back()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.DeleteAsync(Shard);

        Assert.Null(await Store.RenewAsync(Shard, epoch));
        Assert.Null(await Store.RenewAsync(Shard with { Index = 7 }, epoch));
        Assert.Empty(await Store.ShardsAsync(Shard.Collection));
    }
}
