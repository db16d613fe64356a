using VectorCluster.Coordinator.Catalogue;
using VectorCluster.Embedded.Tests;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Tests;
using VectorCluster.Grains;
using VectorCluster.Grains.Shards;
using VectorCluster.Storage.Files;

namespace VectorCluster.Cluster.Tests.Memory;

/// <summary>Places for openings, of which there are few, are for loading.</summary>
public sealed class OpeningPlaceTests
{
    private const int Shards = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ShardOptions Leased = new() { ReadLease = TimeSpan.FromSeconds(2) };

    // Goal: after a crash the shards of the silo that died come up together, whatever their number, and the budget
    // knows of each. Method: one place, and a clock that stands still while all wait for the lease.
    [Fact]
    public async Task Shards_that_wait_for_a_lease_hold_no_place_but_their_memory()
    {
        var time = new ManualTime();
        var directory = Directory.CreateTempSubdirectory("vectorcluster-").FullName;
        using var data = DataDirectory.Open(directory);
        await using var files = new FileShardStore(data);
        using var rows = new FileCatalogueStore(data);
        using var threads = new EngineThreads(1, 1);
        var store = new FailingStore { Store = files, IsPreviousHeld = true };
        var catalogue = new Catalogue(rows, (_, _, _) => Task.CompletedTask);
        var settings = CollectionSettings.ForVector(2, DistanceMetric.Euclidean, Shards);
        await catalogue.TryCreateAsync("c", settings, default);
        await catalogue.FindOrCreateMapAsync("c", "", Shards, default);
        using var silo = new SiloShards(store, catalogue, threads, Leased, new() { OpeningsAtOnce = 1 }, time);

        var bytes = await OpenAndCloseAsync(silo, time);
        Assert.True(bytes > 0);

        var opening = Enumerable.Range(0, Shards)
            .Select(i => silo.OpenAsync(new("c", "", i), grain: null!, CancellationToken.None)).ToList();

        await UntilAsync(() => silo.ResidentBytes == Shards * bytes);
        Assert.DoesNotContain(opening, open => open.IsCompleted);
        var opened = await AdvanceUntilAsync(Task.WhenAll(opening), time);
        foreach (var open in opened) await silo.CloseAsync(open);
        Directory.Delete(directory, recursive: true);
    }

    /// <returns>How much memory it takes.</returns>
    private static async Task<long> OpenAndCloseAsync(SiloShards silo, ManualTime time)
    {
        var opening = silo.OpenAsync(new("c", "", 0), grain: null!, CancellationToken.None);
        var open = await AdvanceUntilAsync(opening, time);
        var bytes = open.Memory.Bytes;
        await silo.CloseAsync(open);
        return bytes;
    }

    private static async Task<T> AdvanceUntilAsync<T>(Task<T> end, ManualTime time)
    {
        while (!end.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        return await end;
    }

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
