using System.Collections.Concurrent;

namespace VectorCluster.Cluster.Tests.Failures;

/// <summary>Promise 1 in a cluster: what was acknowledged is there, whoever died since.</summary>
public sealed class KilledSiloTests
{
    private const int Writers = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>What a caller would wait.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Goal: the death of a silo loses nothing that was acknowledged, and its shards come back. Method: writers upsert
    // points with growing numbers into eight shards; a silo is killed in the middle; each writer then goes on until
    // some more writes were acknowledged. Whatever was, at any time, is read back.
    [Fact]
    public async Task Killed_silo_loses_no_acknowledged_write()
    {
        await using var cluster = await RunningCluster.OverPostgresAsync(silos: 2);
        var database = cluster.Database;
        await database.CreateCollectionAsync("c", CollectionSettings.ForVector(2, DistanceMetric.Euclidean, 8));
        var acknowledged = new ConcurrentDictionary<PointId, float>();
        using var isEnough = new CancellationTokenSource(Patience);
        var beforeKill = new CountdownEvent(200);
        var afterKill = new CountdownEvent(200);
        var hasDied = false;

        async Task WriteAsync(int writer)
        {
            for (var i = 0; !isEnough.IsCancellationRequested && !afterKill.IsSet; i++)
            {
                var id = PointId.FromNumber((ulong)((i * Writers) + writer));
                var countsAfter = Volatile.Read(ref hasDied);
                using var deadline = new CancellationTokenSource(Deadline);
                try
                {
                    await database.UpsertAsync(
                        new() { Collection = "c", Points = [new(id, new float[] { i, writer })] }, deadline.Token);
                }
                catch (Exception failure)
                    when (failure is VectorDatabaseException { IsRetrySafe: true } or OperationCanceledException)
                {
                    await Task.Delay(Pause, TimeProvider.System);
                    continue;
                }

                acknowledged[id] = i;
                var counter = countsAfter ? afterKill : beforeKill;
                if (!counter.IsSet) TrySignal(counter);
            }
        }

        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer))).ToList();
        Assert.True(await Task.Run(() => beforeKill.Wait(Patience)), "No writes were acknowledged.");
        await cluster.Silos.KillSiloAsync(cluster.Silos.Silos[1]);
        Volatile.Write(ref hasDied, true);
        await Task.WhenAll(writers);

        Assert.True(afterKill.IsSet, "Writes did not go on after the silo's death.");
        var found = await ReadAllAsync(database, [.. acknowledged.Keys]);
        Assert.Equal(acknowledged.Count, found.Count);
        Assert.All(found, point =>
        {
            Assert.True(point.Vectors!.TryGet(VectorSet.DefaultName, out var vector));
            Assert.Equal(acknowledged[point.Id], vector.Span[0]);
        });
    }

    private static void TrySignal(CountdownEvent counter)
    {
        try
        {
            counter.Signal();
        }
        catch (InvalidOperationException)
        {
            // Another writer was the last one.
        }
    }

    private static async Task<IReadOnlyList<StoredPoint>> ReadAllAsync(IVectorDatabase database, PointId[] ids)
    {
        var found = new List<StoredPoint>();
        foreach (var some in ids.Chunk(1_000))
            found.AddRange(await database.GetPointsAsync(
                new() { Collection = "c", Ids = some, WithVectors = VectorSelector.All }));
        return found;
    }
}
