using Microsoft.Extensions.DependencyInjection;
using VectorCluster.Grains;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Cluster.Tests.Memory;

/// <summary>Promise 6: a working set over the budget means slower, never out-of-memory.</summary>
public sealed class MemoryBudgetTests
{
    private const int Dimension = 128;
    private const int Namespaces = 40;
    private const int Points = 500;
    private const int Clients = 48;
    private const int CallsOfEach = 15;
    private const long Budget = 6L * 1024 * 1024;

    // Goal: memory stays within the budget whatever is asked, and everybody is answered. Method: clients read and write
    // in forty cold namespaces, of which about half fit; each call that is refused is sent again; what is held is
    // looked at all the while.
    [Fact]
    public async Task Burst_of_cold_namespaces_stays_within_the_budget_and_is_answered_in_the_end()
    {
        await using var cluster = await RunningCluster.OverFilesAsync(
            silos: 1, options: RunningCluster.Quick with { MemoryBudgetBytes = Budget });
        var database = cluster.Database;
        await database.CreateCollectionAsync("c", CollectionSettings.ForVector(Dimension, DistanceMetric.Dot));
        for (var tenant = 0; tenant < Namespaces; tenant++)
            await RetryAsync(() => database.UpsertAsync(Upsert(tenant, 0, Points)));
        var shards = cluster.Silos.Silos[0].ServiceProvider.GetRequiredService<SiloShards>();
        var (most, isOver) = (0L, false);
        var watching = Task.Run(() =>
        {
            while (!Volatile.Read(ref isOver)) most = Math.Max(most, shards.ResidentBytes);
        });

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            for (var i = 0; i < CallsOfEach; i++)
            {
                var tenant = random.Next(Namespaces);
                if (random.Next(4) == 0)
                    await RetryAsync(() => database.UpsertAsync(Upsert(tenant, random.Next(Points), 1)));
                else await RetryAsync(async () => Assert.Equal(Points, await CountAsync(database, tenant)));
            }
        })));
        Volatile.Write(ref isOver, true);
        await watching;

        var largest = (await cluster.Cluster.ListShardsAsync()).Max(shard => shard.ResidentBytes);
        Assert.InRange(most, Budget / 2, Budget + largest);
        Assert.InRange(shards.Count, 2, Namespaces - 1);
    }

    // Goal: a shard that grows can't take all memory. Method: write to one namespace until it is refused; it still
    // answers reads, deletions are taken, and the refusal says what it is about.
    [Fact]
    public async Task Writes_that_would_pass_the_budget_are_refused_and_reads_go_on()
    {
        await using var cluster = await RunningCluster.OverFilesAsync(
            silos: 1, options: RunningCluster.Quick with { MemoryBudgetBytes = Budget });
        var database = cluster.Database;
        await database.CreateCollectionAsync("c", CollectionSettings.ForVector(Dimension, DistanceMetric.Dot));
        var shards = cluster.Silos.Silos[0].ServiceProvider.GetRequiredService<SiloShards>();

        var written = 0;
        var refusal = await Assert.ThrowsAsync<OverloadedException>(async () =>
        {
            for (; written < 1_000_000; written += Points)
                await database.UpsertAsync(Upsert(tenant: 0, written, Points));
        });

        Assert.Contains("MemoryBudgetBytes", refusal.Message, StringComparison.Ordinal);
        Assert.True(refusal.RetryAfter > TimeSpan.Zero);
        Assert.InRange(shards.ResidentBytes, Budget / 2, Budget * 2);
        Assert.Equal(written, await CountAsync(database, tenant: 0));
        await database.DeleteAsync(new()
        {
            Collection = "c",
            Namespace = "n0",
            Selector = PointSelector.ByIds([PointId.FromNumber(0)]),
        });
        Assert.Equal(written - 1, await CountAsync(database, tenant: 0));
    }

    private static UpsertRequest Upsert(int tenant, int from, int count) => new()
    {
        Collection = "c",
        Namespace = $"n{tenant}",
        Points = [.. Enumerable.Range(from, count).Select(i => new Point((ulong)i, new float[Dimension]))],
    };

    private static Task<long> CountAsync(IVectorDatabase database, int tenant) =>
        database.CountAsync(new() { Collection = "c", Namespace = $"n{tenant}" });

    private static async Task RetryAsync(Func<Task> call)
    {
        for (var refused = 0; ; refused++)
        {
            try
            {
                await call();
                return;
            }
            catch (OverloadedException overload) when (refused < 100)
            {
                await Task.Delay(overload.RetryAfter / 10, TimeProvider.System);
            }
        }
    }
}
