using VectorCluster.Engine.Shards;
using static VectorCluster.Storage.Tests.Contracts.StoreCalls;

namespace VectorCluster.Storage.Tests.Contracts;

/// <summary>What every shard store must do: who still reads, and who is still the owner.</summary>
public abstract partial class ShardStoreContract
{
    /// <summary>Whether an owner that never released its shard is told of. Not where one process alone can own
    /// it.</summary>
    protected virtual bool TellsOfHeldShards => true;

    [Fact]
    public async Task An_owner_before_is_held_until_it_releases()
    {
        var first = await Store.AcquireAsync(Shard);
        var second = await Store.AcquireAsync(Shard);
        var renewed = (await Store.RenewAsync(Shard, second.Epoch))!.Value;
        await Store.ReleaseAsync(Shard, renewed.Epoch);
        var third = await Store.AcquireAsync(Shard);
        await ReopenAsync();
        var fourth = await Store.AcquireAsync(Shard);

        Assert.False(first.IsPreviousHeld);
        Assert.Equal(TellsOfHeldShards, second.IsPreviousHeld);
        Assert.False(renewed.IsPreviousHeld);
        Assert.False(third.IsPreviousHeld);
        Assert.Equal(TellsOfHeldShards, fourth.IsPreviousHeld);
    }

    // Goal: an owner that was deposed takes nothing from the one that came after it.
    [Fact]
    public async Task Releasing_under_an_old_epoch_changes_nothing()
    {
        var old = (await Store.AcquireAsync(Shard)).Epoch;
        var epoch = (await Store.AcquireAsync(Shard)).Epoch;

        await Store.ReleaseAsync(Shard, old);

        Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, epoch, 1, "one"));
        Assert.Equal([true], await Store.AreCurrentAsync([(Shard, epoch)]));
        Assert.Equal(TellsOfHeldShards, (await Store.AcquireAsync(Shard)).IsPreviousHeld);
    }

    [Fact]
    public async Task Only_the_newest_epoch_is_current_until_it_is_released()
    {
        var old = (await Store.AcquireAsync(Shard)).Epoch;
        Assert.Equal([true], await Store.AreCurrentAsync([(Shard, old)]));
        var acquired = (await Store.AcquireAsync(Shard)).Epoch;
        Assert.Equal([false, true], await Store.AreCurrentAsync([(Shard, old), (Shard, acquired)]));
        var renewed = (await Store.RenewAsync(Shard, acquired))!.Value.Epoch;
        Assert.Equal([false, true], await Store.AreCurrentAsync([(Shard, acquired), (Shard, renewed)]));
        Assert.Equal([false], await Store.AreCurrentAsync([(Shard, new Epoch(renewed.Value + 1))]));

        await Store.ReleaseAsync(Shard, renewed);
        Assert.Equal([false], await Store.AreCurrentAsync([(Shard, renewed)]));
    }

    [Fact]
    public async Task A_shard_that_is_gone_or_never_was_has_no_current_owner()
    {
        var epoch = (await Store.AcquireAsync(Shard)).Epoch;
        await Store.DeleteAsync(Shard);

        Assert.Equal(
            [false, false], await Store.AreCurrentAsync([(Shard, epoch), (Shard with { Index = 9 }, Epoch.First)]));
        Assert.Empty(await Store.AreCurrentAsync([]));
        Assert.Empty(await Store.ShardsAsync(Shard.Collection));
    }

    [Fact]
    public async Task Deleting_tells_whether_an_owner_never_released()
    {
        var never = await Store.DeleteAsync(Shard);
        await Store.AcquireAsync(Shard);
        var held = await Store.DeleteAsync(Shard);
        await Store.ReleaseAsync(Shard, (await Store.AcquireAsync(Shard)).Epoch);
        var released = await Store.DeleteAsync(Shard);

        Assert.Equal([false, TellsOfHeldShards, false], [never, held, released]);
        Assert.Empty(await Store.ShardsAsync(Shard.Collection));
    }

    // Goal: answers come in the order of the owners, wherever their shards lie. Method: many namespaces, which a store
    // may keep in many places; a third of the owners is deposed, in no order.
    [Fact]
    public async Task Many_owners_are_looked_at_together()
    {
        const int Seed = 5;
        var random = new Random(Seed);
        var owners = new List<(ShardId Shard, Epoch Epoch)>();
        var expected = new List<bool>();
        for (var i = 0; i < 60; i++)
        {
            var shard = new ShardId("docs", $"t{i}", i % 3);
            owners.Add((shard, (await Store.AcquireAsync(shard)).Epoch));
            expected.Add(random.Next(3) > 0);
            if (!expected[^1]) await Store.AcquireAsync(shard);
        }

        var order = Enumerable.Range(0, owners.Count).ToArray();
        random.Shuffle(order);

        Assert.Equal(
            order.Select(i => expected[i]), await Store.AreCurrentAsync([.. order.Select(i => owners[i])]));
    }
}
