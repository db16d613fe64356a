using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Postgres;

/// <summary>Deleting leaves nothing in any table. What the engine itself keeps of a deleted point is
/// tests/Embedded's.</summary>
public sealed class ErasureTests
{
    private const string Marker = "FORGET-ME";

    [Fact]
    public async Task Nothing_of_a_deleted_shard_stays_in_any_table_and_its_neighbours_stay()
    {
        var shard = new ShardId("docs", Marker, 0);
        var neighbour = shard with { Index = 1 };
        await using var database = await StoreDatabase.CreateAsync();
        await using var opened = await database.OpenAsync();
        foreach (var id in (ShardId[])[shard, neighbour])
        {
            var (epoch, _, _) = await opened.Shards.AcquireAsync(id);
            await opened.Shards.AppendAsync(id, epoch, 1, Marker);
            await opened.Shards.CheckpointAsync(id, epoch, 1, Marker, (new PageKey(2, 0), StoreCalls.Bytes(Marker)));
        }

        await opened.Shards.DeleteAsync(shard);
        Assert.Equal(["1:" + Marker], await opened.Shards.TextsAsync(neighbour));
        await opened.Shards.DeleteAsync(neighbour);

        Assert.Empty(await database.TablesWithAsync(Marker));
    }

    // Goal: an append or a checkpoint that races the deletion leaves nothing either. Method: both run as fast as they
    // can while the shard is deleted.
    [Fact]
    public async Task Writers_that_race_a_deletion_leave_nothing()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var opened = await database.OpenAsync();
        for (var round = 0; round < 20; round++)
        {
            var shard = new ShardId("docs", $"{Marker}-{round}", 0);
            var (epoch, _, _) = await opened.Shards.AcquireAsync(shard);
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var appending = Task.Run(async () =>
            {
                for (var lsn = 1L; ; lsn++)
                {
                    if (await opened.Shards.AppendAsync(shard, epoch, lsn, Marker) == StoreStatus.Rejected) return;
                    started.TrySetResult();
                }
            });
            var checkpointing = Task.Run(async () =>
            {
                while (await opened.Shards.CheckpointAsync(
                    shard, epoch, 0, Marker, (new PageKey(2, 0), StoreCalls.Bytes(Marker))) == StoreStatus.Done)
                {
                    // Once more.
                }
            });

            await started.Task;
            await opened.Shards.DeleteAsync(shard);
            await Task.WhenAll(appending, checkpointing);
        }

        Assert.Empty(await database.TablesWithAsync(Marker));
    }
}
