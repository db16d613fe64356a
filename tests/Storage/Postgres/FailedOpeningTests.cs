using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Tests;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Storage.Tests.Postgres;

/// <summary>What a process knows of a shard that it could not open, or that was taken from it, misleads nobody in it
/// later.</summary>
public sealed class FailedOpeningTests : IAsyncLifetime
{
    private static readonly ShardId Id = new("docs", "", 0);
    private static readonly CollectionSettings Settings = CollectionSettings.ForVector(2, DistanceMetric.Euclidean);
    private static readonly ShardOptions Always = new() { SmallLogBytes = 0 };

    private readonly EngineThreads _threads = new(1, 1);
    private StoreDatabase _database = null!; // these are set before each test
    private PostgresDatabase _mine = null!;
    private PostgresDatabase _others = null!;

    public async Task InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync();
        (_mine, _others) = (await _database.OpenAsync(), await _database.OpenAsync());
        await WriteAndCloseAsync(1);
    }

    public async Task DisposeAsync()
    {
        _threads.Dispose();
        await _mine.DisposeAsync();
        await _others.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>How this process comes to know of the shard what is soon no longer true.</summary>
    public static TheoryData<string> Endings => ["store away", "damage", "deposed"];

    // Goal: a copy for a move is loaded from what is stored now. Method: another process goes on with the shard.
    [Theory]
    [MemberData(nameof(Endings))]
    public async Task A_copy_is_of_the_newest_checkpoint(string ending)
    {
        await using var deposed = await LoseAsync(ending);
        await WriteAndCloseAsync(2);
        await WriteAndCloseAsync(3);

        using var copy = await WarmShard.LoadAsync(Id, Settings, _mine.Shards);

        Assert.Equal([1UL, 2, 3], await OpenAsync(copy));
    }

    // Goal: no copy is empty where the shard is not. Method: the shard is deleted and made anew elsewhere.
    [Theory]
    [MemberData(nameof(Endings))]
    public async Task A_copy_of_a_shard_that_was_made_anew_is_of_the_new_one(string ending)
    {
        await using var deposed = await LoseAsync(ending);
        await _others.Shards.DeleteAsync(Id);
        await WriteAndCloseAsync(7);
        await WriteAndCloseAsync(8);

        using var copy = await WarmShard.LoadAsync(Id, Settings, _mine.Shards);

        Assert.Equal([7UL, 8], await OpenAsync(copy));
    }

    // Goal: the lease of the owner before may not be over, so that what failed must not let the next one off waiting.
    [Fact]
    public async Task A_failed_opening_leaves_the_shard_held()
    {
        for (var i = 0; i < 10; i++)
        {
            await using var nothing = await LoseAsync("store away");
            Assert.True((await _others.Shards.AcquireAsync(Id)).IsPreviousHeld);
        }
    }

    [Fact]
    public async Task A_checkpoint_that_is_gone_is_damage()
    {
        var store = new FailingStore
        {
            Store = _mine.Shards,
            Before = (call, _, _) => call == "ReadPages"
                ? _database.RunAsync("DELETE FROM vectorcluster.page; DELETE FROM vectorcluster.checkpoint")
                : Task.CompletedTask,
        };

        await Assert.ThrowsAsync<StoreCorruptedException>(
            () => Shard.OpenAsync(Id, Settings, store, _threads, Always));
    }

    /// <summary>Has this process acquire the shard and not keep it.</summary>
    /// <returns>What is left of it.</returns>
    private async Task<IAsyncDisposable> LoseAsync(string ending)
    {
        if (ending == "deposed") return await Shard.OpenAsync(Id, Settings, _mine.Shards, _threads, Always);
        var store = new FailingStore
        {
            Store = _mine.Shards,
            Before = (call, shard, _) => (call, ending) switch
            {
                ("ReadPages", "damage") => throw new StoreCorruptedException(shard, "here", "damaged, for the test"),
                ("ReadPages", _) => throw new IOException("the store fails, for the test"),
                _ => Task.CompletedTask,
            },
        };
        var failure = await Record.ExceptionAsync(() => Shard.OpenAsync(Id, Settings, store, _threads, Always));
        Assert.Equal(ending == "damage", failure is StoreCorruptedException);
        return new MemoryStream();
    }

    /// <summary>What the other process does, with a checkpoint at its end.</summary>
    private async Task WriteAndCloseAsync(ulong id)
    {
        await using var shard = await Shard.OpenAsync(Id, Settings, _others.Shards, _threads, Always);
        await shard.WriteAsync(new UpsertPoints([new(id, new float[] { id, 1 }, Payload.From(new { id }))]));
    }

    /// <returns>The ids of the shard that the copy became.</returns>
    private async Task<IEnumerable<ulong>> OpenAsync(WarmShard copy)
    {
        var store = new FailingStore { Store = _mine.Shards };
        await using var shard = await Shard.OpenAsync(Id, Settings, store, _threads, Always, warm: copy);
        Assert.DoesNotContain("ReadPages", store.Calls);
        var page = await shard.ScrollAsync(null, 10, null, PayloadSelector.All, VectorSelector.None);
        return page.Points.Select(point => ulong.Parse(
            $"{point.Id}", System.Globalization.CultureInfo.InvariantCulture));
    }
}
