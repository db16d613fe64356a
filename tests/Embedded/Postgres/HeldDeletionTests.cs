using VectorCluster.Engine.Shards;
using VectorCluster.Storage;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Embedded.Tests.Postgres;

/// <summary>A deletion counts only once nobody reads any more what was deleted.</summary>
public sealed class HeldDeletionTests
{
    private const int Shards = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    // Goal: an owner that was declared dead and still reads is not met by whoever makes the collection anew. Method:
    // another process has a shard and never releases it; the deletion ends when the clock has moved on by one lease.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deletion_waits_one_lease_where_an_owner_may_still_read(bool isHeld)
    {
        await using var stored = await StoredDatabase.CreateAsync();
        var time = new ManualTime();
        await using (var before = await OpenAsync(stored, time))
        {
            await before.CreateCollectionAsync(
                "c", CollectionSettings.ForVector(2, DistanceMetric.Euclidean, Shards));
            await before.UpsertAsync(new()
            {
                Collection = "c",
                Points = [.. Enumerable.Range(0, 50).Select(i => new Point((ulong)i, new float[] { i, 0 }))],
            });
        }

        await using var other = await PostgresDatabase.OpenAsync(new() { ConnectionString = stored.ConnectionString });
        for (var i = 0; i < Shards; i++)
        {
            var epoch = (await other.Shards.AcquireAsync(new("c", "", i))).Epoch;
            if (!isHeld) await other.Shards.ReleaseAsync(new("c", "", i), epoch);
        }

        await using var database = await OpenAsync(stored, time);
        var timers = time.TimerCount;
        var deleting = database.DeleteCollectionAsync("c");
        if (isHeld)
        {
            await UntilAsync(() => deleting.IsCompleted || time.TimerCount > timers);
            Assert.False(deleting.IsCompleted);
            Assert.False(await database.CollectionExistsAsync("c"));
            time.Advance(Lease); // one for all shards
        }

        Assert.True(await deleting.WaitAsync(Patience));
        Assert.False(await other.Shards.ListAsync("c").AnyAsync());
    }

    private static async Task<VectorDatabase> OpenAsync(StoredDatabase stored, ManualTime time) =>
        await VectorDatabase.OpenAsync(
            await DatabaseStores.OpenPostgresAsync(new() { ConnectionString = stored.ConnectionString }),
            new() { Shards = new() { ReadLease = Lease } },
            time);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "it never is so");
            await Task.Yield();
        }
    }
}
