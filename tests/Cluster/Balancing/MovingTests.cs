using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using VectorCluster.Engine.Tests;
using VectorCluster.Grains;
using VectorCluster.Grains.Balancing;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Cluster.Tests.Balancing;

/// <summary>Promise 7: moving a shard fails no call.</summary>
public sealed class MovingTests
{
    private const int Moves = 60;

    private static readonly CollectionSettings Settings =
        CollectionSettings.ForVector(2, DistanceMetric.Euclidean, shardCount: 48);

    // Goal: whoever calls while a shard changes hands notices nothing. Method: a shard goes back and forth under
    // writers, which read back what they wrote, and searchers; as warm copies and without.
    [Theory]
    [InlineData(false, long.MaxValue)]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    public async Task Shard_that_moves_back_and_forth_fails_no_call_and_loses_nothing(
        bool isOverPostgres, long warmMoveBytes)
    {
        var options = RunningCluster.Quick with { WarmMoveBytes = warmMoveBytes };
        await using var cluster = isOverPostgres
            ? await RunningCluster.OverPostgresAsync(silos: 2, options: options)
            : await RunningCluster.OverFilesAsync(silos: 2, options: options);
        await cluster.Database.CreateCollectionAsync("c", CollectionSettings.ForVector(2, DistanceMetric.Euclidean, 2));
        await cluster.Cluster.SuspendBalancingAsync(true);
        await using var traffic = new Traffic([cluster.Database, .. cluster.OfEachSilo], "c", writers: 3, searchers: 2);
        await Eventually.IsAsync(() => Task.FromResult(traffic.Calls), calls => calls > 100);
        var silos = (await cluster.Cluster.GetClusterAsync()).Silos;

        for (var i = 0; i < Moves; i++)
        {
            var move = await cluster.Cluster.MoveShardAsync(new("c", "", i / 2 % 2), silos[i % 2].Name);
            Assert.Equal((ShardMoveStatus.Done, silos[i % 2].Name), (move.Status, move.To));
            var shards = await cluster.Cluster.ListShardsAsync("c");
            Assert.Equal(move.To, shards.Single(shard => shard.Shard == move.Shard).Silo);
        }

        await traffic.StopAndCheckAsync(cluster.Database);
        Assert.True((await cluster.Cluster.ListMovesAsync()).Count >= Moves / 2);
    }

    // Goal: while a large shard changes hands nothing is loaded: its new silo has it already. Method: count how often
    // pages are read; once a move is the copy's loading.
    [Fact]
    public async Task Large_shard_is_loaded_once_before_it_changes_hands()
    {
        var loads = 0;
        await using var cluster = await RunningCluster.OverFilesAsync(
            silos: 2,
            through: store => new FailingStore
            {
                Store = store,
                Before = (call, _, _) =>
                {
                    if (call == "ReadPages") Interlocked.Increment(ref loads);
                    return Task.CompletedTask;
                },
            },
            options: RunningCluster.Quick with { WarmMoveBytes = 64 * 1024 });
        await cluster.Cluster.SuspendBalancingAsync(true);
        await cluster.Database.CreateCollectionAsync("c", CollectionSettings.ForVector(64, DistanceMetric.Dot));
        await cluster.Database.UpsertAsync(new()
        {
            Collection = "c",
            Points = [.. Enumerable.Range(0, 2_000).Select(i => new Point((ulong)i, new float[64]))],
        });
        var home = Assert.Single(await cluster.Cluster.ListShardsAsync()).Silo;
        var other = (await cluster.Cluster.GetClusterAsync()).Silos.Single(silo => silo.Name != home).Name;

        for (var i = 0; i < 4; i++)
        {
            await cluster.Cluster.MoveShardAsync(new("c", "", 0), i % 2 == 0 ? other : home);
            Assert.Equal(2_000, await cluster.Database.CountAsync(new() { Collection = "c" }));
            Assert.Equal(i + 1, loads);
        }
    }

    // Goal: a silo that joins gets its share, and nobody notices. Method: 48 shards on two silos, a third comes under
    // traffic.
    [Fact]
    public async Task Joining_silo_gets_its_share_without_a_failed_call()
    {
        await using var cluster = await RunningCluster.OverFilesAsync(silos: 2);
        await FillAsync(cluster.Database);
        await using var traffic = new Traffic([cluster.Database, .. cluster.OfEachSilo], "c", writers: 3, searchers: 2);
        await Eventually.IsAsync(() => Task.FromResult(traffic.Calls), calls => calls > 100);

        await cluster.Silos.StartAdditionalSiloAsync();
        var found = await Eventually.IsAsync(
            () => cluster.Cluster.GetClusterAsync(),
            found => found is { Silos.Count: 3, Imbalance: <= 0.1, RunningMoves: 0, WaitingMoves: 0 });

        var average = found.Silos.Average(silo => silo.ResidentBytes);
        Assert.All(found.Silos, silo => Assert.InRange(silo.ResidentBytes, average * 0.8, average * 1.1));
        await traffic.StopAndCheckAsync(cluster.Database);
        await Eventually.IsAsync(
            async () => (await cluster.Cluster.ListShardsAsync()).Count, count => count == Settings.ShardCount);
    }

    // Goal: a silo gives all its shards away and serves on, says that it is not ready, and can then be stopped; nobody
    // notices any of it. Method: drain one of three under traffic through the others.
    [Fact]
    public async Task Draining_silo_hands_all_its_shards_over_without_a_failed_call()
    {
        await using var cluster = await RunningCluster.OverFilesAsync(silos: 3);
        await FillAsync(cluster.Database);
        var (first, last) = (cluster.Silos.Silos[0], cluster.Silos.Silos[2]);
        await using var traffic = new Traffic(
            [first.ServiceProvider.GetRequiredService<ClusterDatabase>()], "c", writers: 3, searchers: 2);
        await Eventually.IsAsync(() => Task.FromResult(traffic.Calls), calls => calls > 100);
        var name = last.SiloAddress.Endpoint.ToString();
        var draining = last.ServiceProvider.GetRequiredService<ClusterDatabase>();
        Assert.True((await draining.GetStatusAsync()).IsReady);

        await cluster.Cluster.DrainAsync(name);
        var status = await draining.GetStatusAsync();
        await Eventually.IsAsync(
            () => cluster.Cluster.GetClusterAsync(),
            found => found.Silos.Single(silo => silo.Name == name).ShardCount == 0);
        Assert.True(await last.ServiceProvider.GetRequiredService<SiloDrain>().RunAsync(TimeSpan.FromMinutes(1)));
        await cluster.Silos.StopSiloAsync(last);

        Assert.False(status.IsReady);
        Assert.StartsWith("draining: ", Assert.Single(status.WaitingFor), StringComparison.Ordinal);
        await traffic.StopAndCheckAsync(cluster.Database);
        Assert.DoesNotContain(await cluster.Cluster.ListShardsAsync(), shard => shard.Silo == name);
    }

    [Fact]
    public async Task Only_silo_has_nobody_to_drain_to()
    {
        await using var cluster = await RunningCluster.OverFilesAsync(silos: 1);
        await FillAsync(cluster.Database);
        var silo = cluster.Silos.Silos[0];

        await Assert.ThrowsAsync<InvalidRequestException>(
            () => cluster.Cluster.DrainAsync(silo.SiloAddress.Endpoint.ToString()));
        await Assert.ThrowsAsync<NotFoundException>(() => cluster.Cluster.DrainAsync("10.1.2.3:4"));
        Assert.True(await silo.ServiceProvider.GetRequiredService<SiloDrain>().RunAsync(TimeSpan.FromMinutes(1)));
    }

    // Goal: what an operator suspended stays so. Method: suspend, stop every silo that there was, look at a new one.
    [Fact]
    public async Task Suspended_balancing_stays_so_when_silos_restart()
    {
        await using var cluster = await RunningCluster.OverPostgresAsync(silos: 1);
        await FillAsync(cluster.Database);
        var first = cluster.Silos.Silos[0];
        await cluster.Cluster.SuspendBalancingAsync(true);

        var second = await cluster.Silos.StartAdditionalSiloAsync();
        await cluster.Silos.StopSiloAsync(first);
        var found = await second.ServiceProvider.GetRequiredService<ICluster>().GetClusterAsync();

        Assert.True(found.IsBalancingSuspended);
        await second.ServiceProvider.GetRequiredService<ICluster>().SuspendBalancingAsync(false);
        Assert.False((await second.ServiceProvider.GetRequiredService<ICluster>().GetClusterAsync())
            .IsBalancingSuspended);
    }

    // Goal: what a move does to a shard's activation was done once before, by the same two silos.
    [Fact]
    public async Task Rehearsal_goes_to_the_silo_that_it_is_sent_to()
    {
        await using var cluster = await RunningCluster.OverFilesAsync(silos: 2);
        for (var i = 0; i < 10; i++)
        {
            var (from, to) = (cluster.Silos.Silos[i % 2].SiloAddress, cluster.Silos.Silos[1 - (i % 2)].SiloAddress);
            var rehearsal = cluster.Silos.Client.GetGrain<IRehearsalGrain>(Guid.NewGuid());
            RequestContext.Set(IPlacementDirector.PlacementHintKey, from);
            await rehearsal.GoAsync(to);
            RequestContext.Clear();

            Assert.Equal(to, await rehearsal.EndAsync());
        }
    }

    // Goal: reads that go past the activation of a shard keep it in memory. Method: they alone go on for longer than
    // idle shards are kept.
    [Fact]
    public async Task Shard_that_is_only_read_on_its_own_silo_stays_open()
    {
        var options = RunningCluster.Quick with { IdleAfter = TimeSpan.FromSeconds(10) };
        await using var cluster = await RunningCluster.OverFilesAsync(silos: 1, options: options);
        await FillAsync(cluster.Database);
        var shards = cluster.Silos.Silos[0].ServiceProvider.GetRequiredService<SiloShards>();
        var open = shards.Find(new("c", "", 0));
        var time = TimeProvider.System;
        var began = time.GetTimestamp();

        while (time.GetElapsedTime(began) < 3 * options.IdleAfter)
        {
            await cluster.OfEachSilo[0].CountAsync(new() { Collection = "c" });
            await Task.Delay(options.ReportEvery, time);
        }

        Assert.Same(open, shards.Find(new("c", "", 0)));
    }

    [Fact]
    public async Task Shard_of_no_collection_and_silo_of_no_cluster_are_not_found()
    {
        await using var cluster = await RunningCluster.OverFilesAsync(silos: 1);
        var silo = cluster.Silos.Silos[0].SiloAddress.Endpoint.ToString();

        await Assert.ThrowsAsync<NotFoundException>(() => cluster.Cluster.MoveShardAsync(new("c", "", 0), silo));
        await FillAsync(cluster.Database);
        await Assert.ThrowsAsync<NotFoundException>(() => cluster.Cluster.MoveShardAsync(new("c", "", 0), "nobody"));
        Assert.Equal(
            ShardMoveStatus.Done, (await cluster.Cluster.MoveShardAsync(new("c", "", 0), silo)).Status);
    }

    private static async Task FillAsync(IVectorDatabase database)
    {
        await database.CreateCollectionAsync("c", Settings);
        await database.UpsertAsync(new()
        {
            Collection = "c",
            Points = [.. Enumerable.Range(0, 5_000).Select(i => new Point((ulong)i, new float[] { i, 1 }))],
        });
    }
}
