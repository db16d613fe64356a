using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;
using VectorCluster.Storage.Tests.Contracts;
using VectorCluster.Tests.Postgres;
using StoreOptions = VectorCluster.Storage.Postgres.PostgresOptions;

namespace VectorCluster.Storage.Tests.Postgres;

/// <summary>Owners in different processes, which here are stores with connections of their own.</summary>
public sealed class FencingTests
{
    private static readonly ShardId Shard = new("docs", "tenant", 0);

    [Fact]
    public async Task Nothing_lands_that_the_owner_of_a_deleted_shard_sends_to_one_made_anew()
    {
        await using var database = await StoreDatabase.CreateAsync();
        await using var first = await database.OpenAsync();
        await using var second = await database.OpenAsync();
        var (old, _, _) = await first.Shards.AcquireAsync(Shard);
        await second.Shards.DeleteAsync(Shard);
        var (epoch, last, _) = await second.Shards.AcquireAsync(Shard);
        Assert.Equal((old, Lsn.None), (epoch, last)); // the same numbers, but another shard

        Assert.Equal(StoreStatus.Rejected, await first.Shards.AppendAsync(Shard, old, 1, "late"));
        Assert.Equal(
            StoreStatus.Rejected, await first.Shards.CheckpointAsync(Shard, old, 0, "late", (new PageKey(0, 0), [1])));
        Assert.Equal(StoreStatus.Rejected, await first.Shards.TrimAsync(Shard, old, new Lsn(1)));
        Assert.Null(await first.Shards.RenewAsync(Shard, old));
        Assert.Equal(StoreStatus.Done, await second.Shards.AppendAsync(Shard, epoch, 1, "one"));
        Assert.Equal(["1:one"], await second.Shards.TextsAsync(Shard));
    }

    // Goal: gapless LSNs and one owner under any interleaving. Method: stores take the shard from each other at random
    // and append as fast as they can; the log must be just what was acknowledged, in order.
    [Fact]
    public async Task Owners_that_depose_each_other_all_the_time_leave_one_log_without_gaps()
    {
        const int Owners = 4;
        const int Takes = 30;
        await using var database = await StoreDatabase.CreateAsync();
        var acknowledged = new System.Collections.Concurrent.ConcurrentDictionary<long, string>();
        await Task.WhenAll(Enumerable.Range(0, Owners).Select(owner => Task.Run(async () =>
        {
            await using var opened = await database.OpenAsync();
            for (var take = 0; take < Takes; take++)
            {
                var (epoch, last, _) = await opened.Shards.AcquireAsync(Shard);
                for (var lsn = last.Value + 1; ; lsn++)
                {
                    var text = $"{owner}-{take}";
                    if (await opened.Shards.AppendAsync(Shard, epoch, lsn, text) == StoreStatus.Rejected) break;
                    Assert.True(acknowledged.TryAdd(lsn, text));
                    if (lsn % 7 == owner) break;
                }
            }
        })));

        await using var reader = await database.OpenAsync();
        var log = await reader.Shards.TextsAsync(Shard);
        Assert.Equal(Enumerable.Range(1, log.Length).Select(lsn => $"{lsn}:{acknowledged[lsn]}"), log);
        Assert.Equal(log.Length, acknowledged.Count);
    }

    // Goal: an owner that hangs in the middle of a checkpoint, as a stopped process does, holds up nobody, and does no
    // harm when it goes on. Method: its connection passes through a proxy that stops forwarding.
    [OwnPostgresFact]
    public async Task An_owner_that_hangs_in_a_checkpoint_holds_up_nobody()
    {
        await using var server = await ThrowAwayPostgres.CreateAsync();
        await using var proxy = TcpProxy.Start(server.SocketEndPoint);
        await using var hanging = await OpenAsync(server.ConnectionString(tcpPort: proxy.Port));
        await using var opened = await OpenAsync(server.ConnectionString());
        var (old, _, _) = await hanging.Shards.AcquireAsync(Shard);
        await hanging.Shards.CheckpointAsync(Shard, old, 0, "first", (new PageKey(0, 0), [1]));
        var isStalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var late = hanging.Shards.WriteCheckpointAsync(Shard, old, new(Lsn.None, StoreCalls.Bytes("late")), HangAsync());
        await isStalled.Task;

        var (epoch, _, _) = await opened.Shards.AcquireAsync(Shard);
        Assert.Equal(StoreStatus.Done, await opened.Shards.AppendAsync(Shard, epoch, 1, "one"));
        Assert.Equal(
            StoreStatus.Done, await opened.Shards.CheckpointAsync(Shard, epoch, 1, "second", (new PageKey(0, 0), [3])));
        proxy.Resume();

        Assert.Equal(StoreStatus.Rejected, await late);
        Assert.Equal([3], (await opened.Shards.PagesAsync(Shard))[new(0, 0)]);

        async IAsyncEnumerable<CheckpointPage> HangAsync()
        {
            yield return new(new(0, 0), new byte[] { 2 });
            proxy.Stall();
            isStalled.SetResult();
            yield return new(new(0, 1), new byte[] { 2 });
            await Task.CompletedTask;
        }
    }

    // The same for an append that is too large for one statement.
    [OwnPostgresFact]
    public async Task An_owner_that_hangs_in_a_large_append_holds_up_nobody()
    {
        await using var server = await ThrowAwayPostgres.CreateAsync();
        await using var proxy = TcpProxy.Start(server.SocketEndPoint);
        await using var hanging = await OpenAsync(server.ConnectionString(tcpPort: proxy.Port));
        await using var opened = await OpenAsync(server.ConnectionString());
        var (old, _, _) = await hanging.Shards.AcquireAsync(Shard);
        var before = proxy.Connections.Sum(connection => connection.BytesToServer);
        var large = new byte[100 * 1024 * 1024];
        var late = Task.Run(async () => await hanging.Shards.AppendAsync(Shard, old, new Lsn(1), [large]));
        while (proxy.Connections.Sum(connection => connection.BytesToServer) < before + (large.Length / 10))
            await Task.Yield();
        proxy.Stall();

        var (epoch, last, _) = await opened.Shards.AcquireAsync(Shard).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Lsn.None, last);
        Assert.Equal(StoreStatus.Done, await opened.Shards.AppendAsync(Shard, epoch, 1, "one"));
        Assert.Equal(
            StoreStatus.Done, await opened.Shards.AppendAsync(Shard, epoch, new Lsn(2), [new byte[300_000]]));
        proxy.Resume();

        Assert.Equal(StoreStatus.Rejected, await late);
        Assert.Equal([1L, 2L], (await opened.Shards.LogAsync(Shard)).Select(record => record.Lsn.Value));
    }

    // Goal: the round trips that are promised. Method: a proxy that counts how often the direction changes.
    [OwnPostgresFact]
    public async Task Taking_a_shard_and_appending_are_one_round_trip_each()
    {
        await using var server = await ThrowAwayPostgres.CreateAsync();
        await using var proxy = TcpProxy.Start(server.SocketEndPoint);
        await using var opened = await OpenAsync(server.ConnectionString(tcpPort: proxy.Port));
        var warm = Shard with { Index = 1 };
        var (epoch, _, _) = await opened.Shards.AcquireAsync(warm);
        for (var lsn = 1; lsn <= 5; lsn++) await opened.Shards.AppendAsync(warm, epoch, lsn, "prepared by then");

        Assert.Equal(1, await RoundTripsAsync(async () => await opened.Shards.AcquireAsync(Shard)));
        epoch = (await opened.Shards.AcquireAsync(warm)).Epoch;
        Assert.Equal(1, await RoundTripsAsync(async () => Assert.Equal(
            StoreStatus.Done, await opened.Shards.AppendAsync(warm, epoch, 6, new string('x', 4_000), "y", "z"))));

        async Task<long> RoundTripsAsync(Func<Task> call)
        {
            var before = proxy.RoundTrips;
            await call();
            return proxy.RoundTrips - before;
        }
    }

    // Goal: one round trip however many partitions are asked, and a process whose connections all died while it was
    // stopped gets an answer at its second call.
    [OwnPostgresFact]
    public async Task Asking_for_owners_in_all_partitions_is_one_round_trip_and_survives_dead_connections()
    {
        await using var server = await ThrowAwayPostgres.CreateAsync();
        await using var proxy = TcpProxy.Start(server.SocketEndPoint);
        await using var opened = await OpenAsync(server.ConnectionString(tcpPort: proxy.Port));
        await using var other = await OpenAsync(server.ConnectionString());
        var owners = new List<(ShardId Shard, Epoch Epoch)>();
        for (var i = 0; i < 100; i++)
        {
            var shard = new ShardId("docs", $"t{i}", 0);
            owners.Add((shard, (await opened.Shards.AcquireAsync(shard)).Epoch));
        }

        Assert.Equal(
            Partition.Count, owners.Select(owner => Partition.Of("docs", owner.Shard.Namespace)).Distinct().Count());
        for (var i = 0; i < 3; i++) await opened.Shards.AreCurrentAsync(owners); // prepared by then
        var before = proxy.RoundTrips;
        Assert.All(await opened.Shards.AreCurrentAsync(owners), Assert.True);
        Assert.Equal(1, proxy.RoundTrips - before);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => opened.Shards.AreCurrentAsync(owners).AsTask()));
        await other.Shards.AcquireAsync(owners[7].Shard);
        proxy.CutAll();
        await Assert.ThrowsAnyAsync<Exception>(async () => await opened.Shards.AreCurrentAsync(owners));
        var answers = await opened.Shards.AreCurrentAsync(owners);
        Assert.Equal([7], Enumerable.Range(0, owners.Count).Where(i => !answers[i]));
    }

    private static Task<PostgresDatabase> OpenAsync(string connectionString) =>
        PostgresDatabase.OpenAsync(new StoreOptions { ConnectionString = connectionString });
}
