using System.Globalization;
using VectorCluster.Client.Http;
using VectorCluster.Tests.Postgres;
using Xunit.Abstractions;

namespace VectorCluster.Cluster.Tests.Histories;

/// <summary>Three silos as processes, one of which is killed, stopped or cut off, again and again, while clients
/// outside write and read points as registers through all doors. In the end their history must have an order: nothing
/// acknowledged is lost, there is one writer, and no read was stale.</summary>
/// <remarks>
/// Environment variables, for long runs (long-histories.sh, beside this folder):
/// <c>VECTORCLUSTER_HISTORY_ROUNDS</c>, of each scenario, default 2; <c>VECTORCLUSTER_HISTORY_SEED</c>, default 1;
/// <c>VECTORCLUSTER_STOP_SECONDS</c>, how long a silo stands still at least, default 0: until the others have
/// its shards.
/// </remarks>
public sealed class SiloHistoryTests(ITestOutputHelper output)
{
    /// <summary>The promise: after so long the shards of a dead silo serve again.</summary>
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(30);

    /// <summary>For the end of a silo that was declared dead, from when it goes on.</summary>
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(Setting("VECTORCLUSTER_STOP_SECONDS", 0));

    private static int Rounds => Setting("VECTORCLUSTER_HISTORY_ROUNDS", 2);

    private static int Seed => Setting("VECTORCLUSTER_HISTORY_SEED", 1);

    // Goal: the death of a silo loses nothing, its shards come back soon, and the others' never fail; whoever reads
    // through an Orleans client notices nothing, and whoever writes is told. Method: kill -9 under load, write and read
    // every register through a survivor, start another silo.
    [OwnPostgresFact]
    public Task Killed_silo_loses_nothing_and_its_shards_are_back_soon() => RunAsync(async (history, victim, other) =>
    {
        var (epochs, failed) = (await history.Cluster.EpochsAsync(), history.Clients.FailedReads.Count);
        await history.Cluster[victim].KillAsync();
        var back = await history.EveryShardServesAsync(history.Cluster[other], BackWithin);
        history.Log($"killed: back after {back.TotalSeconds:0.0} s");
        foreach (var survivor in Enumerable.Range(0, history.Cluster.Count).Where(silo => silo != victim))
            Assert.Empty(await history.FailedElsewhereAsync(survivor, epochs, failed));
        await history.Cluster.ReplaceAsync(victim);
        Assert.DoesNotContain(history.Clients.FailedReads, read => read.Way == SiloHistory.ByClient);
        Assert.DoesNotContain(SiloHistory.ByClient, history.Clients.Unanswered);
    });

    // Goal: a silo that stood still until the others had taken its shards writes nothing with its old epochs, answers
    // no stale reads, and ends. Method: SIGSTOP, write every register through another silo, SIGCONT, with clients at
    // its port all the time. Some open connections beforehand and read over them just before it goes on, so that reads
    // of what is new by then are the first that it finds.
    [OwnPostgresFact]
    public Task Silo_that_stood_still_ends_without_a_stale_answer() => RunAsync(async (history, victim, other) =>
    {
        var stopped = history.Cluster[victim];
        using var waiting = VectorClusterHttpClient.Connect(stopped.Address);
        await history.Clients.ReadAllAsync("before", waiting, EndWithin);
        var from = TimeProvider.System.GetTimestamp();
        await stopped.StopAsync();
        var back = await history.EveryShardServesAsync(history.Cluster[other], Patience);
        history.Log($"stopped: back after {back.TotalSeconds:0.0} s");
        await SiloHistory.WaitAsync(() => TimeProvider.System.GetElapsedTime(from) >= StopTime);
        await history.WorkAsync();
        var reads = history.Clients.ReadAllAsync("after", waiting, EndWithin);
        await stopped.ContinueAsync();
        from = TimeProvider.System.GetTimestamp();
        Assert.Equal(3, await stopped.WaitForExitAsync(EndWithin));
        await reads;
        history.Log($"ended {TimeProvider.System.GetElapsedTime(from).TotalSeconds:0.0} s after it went on");
        Assert.Contains("this silo can't go on and ends", stopped.Output, StringComparison.Ordinal);
        await history.Cluster.ReplaceAsync(victim);
    });

    // Goal: a silo that alone does not reach PostgreSQL harms nobody and recovers. Method: its connections are cut and
    // refused for a while.
    [OwnPostgresFact]
    public Task Silo_cut_off_from_the_database_recovers() => RunAsync(async (history, victim, other) =>
    {
        var outage = TimeSpan.FromSeconds(10 + (5 * history.Random.NextDouble()));
        var (epochs, failed) = (await history.Cluster.EpochsAsync(), history.Clients.FailedReads.Count);
        var from = TimeProvider.System.GetTimestamp();
        history.Cluster.ProxyOf(victim).RefuseConnections();
        history.Cluster.ProxyOf(victim).CutAll();
        await SiloHistory.WaitAsync(() => TimeProvider.System.GetElapsedTime(from) >= outage);
        history.Cluster.ProxyOf(victim).AcceptConnections();
        for (var silo = 0; silo < history.Cluster.Count; silo++)
        {
            var back = await history.EveryShardServesAsync(history.Cluster[silo], BackWithin);
            history.Log($"cut off: through silo {silo} back after {back.TotalSeconds:0.0} s");
        }

        Assert.Empty(await history.FailedElsewhereAsync(other, epochs, failed));
    });

    private static int Setting(string variable, int absent) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : absent;

    private async Task RunAsync(Func<SiloHistory, int, int, Task> playRound)
    {
        await using var history = await SiloHistory.StartAsync(Seed, output);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                await history.WorkAsync();
                var victim = await history.ChooseVictimAsync();
                await playRound(history, victim, (victim + 1) % history.Cluster.Count);
            }

            var violation = await history.EndAsync();
            Assert.True(violation is null, $"{violation}");
        }
        catch (Exception exception)
        {
            var outputs = Enumerable.Range(0, history.Cluster.Count)
                .Select(silo => $"Silo {silo}:\n{history.Cluster[silo].Output}");
            var failures = history.Clients.FailedReads.TakeLast(5).Select(read => read.ToString());
            throw new InvalidOperationException(
                $"Seed {Seed}: {string.Join('\n', [exception.ToString(), .. failures, .. outputs])}", exception);
        }
    }
}
