using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Tests;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Storage.Tests.Postgres;

/// <summary>A shard that another process takes while it is being loaded is not damaged.</summary>
public sealed class TakenWhileOpeningTests
{
    private static readonly ShardId Id = new("docs", "", 0);
    private static readonly CollectionSettings Settings = CollectionSettings.ForVector(2, DistanceMetric.Euclidean);

    // Only what has a checkpoint is read in steps.
    private static readonly ShardOptions Always = new() { SmallLogBytes = 0 };

    // Goal: what a newer owner does between the steps of an opening is told as such, never as damage, and never loaded
    // by halves. Method: it writes, or writes and closes, which makes a checkpoint and trims the log.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_shard_that_is_taken_while_it_is_loaded_is_not_called_damaged(bool isClosed)
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var mine = await database.OpenAsync();
        await using var others = await database.OpenAsync();
        using var threads = new EngineThreads(1, 1);
        await using (var shard = await Shard.OpenAsync(Id, Settings, others.Shards, threads, Always))
            await WriteAsync(shard, 1);
        Shard? other = null;
        var store = new FailingStore
        {
            Store = mine.Shards,
            Before = async (call, _, _) =>
            {
                if (call != "ReadPages") return; // the shard is taken by then, and its manifest read
                other = await Shard.OpenAsync(Id, Settings, others.Shards, threads, Always);
                await WriteAsync(other, 2);
                await WriteAsync(other, 3);
                if (isClosed) await other.DisposeAsync();
            },
        };

        var opening = await Record.ExceptionAsync(async () =>
        {
            await using var opened = await Shard.OpenAsync(Id, Settings, store, threads);
            await WriteAsync(opened, 4);
        });

        Assert.IsType<ShardClosedException>(opening);
        if (!isClosed) await other!.DisposeAsync();
        await using var again = await Shard.OpenAsync(Id, Settings, mine.Shards, threads);
        Assert.Equal(3, await again.CountAsync(filter: null));
    }

    private static Task<WriteReceipt> WriteAsync(Shard shard, int id) =>
        shard.WriteAsync(new UpsertPoints([new Point((PointId)(ulong)id, new[] { id, 1f }, Payload.From(new { id }))]));
}
