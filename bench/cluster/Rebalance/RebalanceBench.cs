using System.Globalization;

namespace VectorCluster.Cluster.Bench;

/// <summary>A cluster of three silos answers as the embedded engine does; then, under load from outside, a fourth joins
/// and one of the first leaves.</summary>
internal static class RebalanceBench
{
    private const string Collection = "words";
    private const int Shards = 12;
    private const int Queries = 1_000;

    /// <summary>Silos that are there when this begins; the next one joins.</summary>
    private const int FirstSilos = 3;

    /// <summary>It leaves. Its Orleans gateway is not used, its HTTP API is.</summary>
    private const int Leaver = FirstSilos - 1;

    private const double MostImbalance = 0.1;
    private const double MostSlowdown = 3;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BalancedWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <returns>Whether everything was as it has to be.</returns>
    public static async Task<bool> RunAsync(string path, Ports ports)
    {
        var words = Words.Read(path, Queries, seed: 1);
        var settings = CollectionSettings.ForVector(words.Dimension, DistanceMetric.Cosine, Shards);
        await using var cluster = await ClusterConnection.OpenAsync([ports.Gateway, ports.Gateway + 1], ports.Http);
        var verdicts = new Verdicts();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{words.Vectors.Count:N0} words in {Shards} shards on {FirstSilos} silos"));
        await EqualAnswers.RunAsync(cluster, Collection, settings, words, verdicts);

        HttpDoor[] http = [.. Enumerable.Range(0, FirstSilos).Select(i => new HttpDoor(ports.HttpOf(i)))];
        var load = new OutsideLoad(new(cluster.Orleans, http), Collection, words);
        DateTimeOffset leavesAt;
        await using (var moves = new MoveLog(cluster.Http.Cluster))
        {
            await Task.Delay(WarmUp, TimeProvider.System);
            await JoinAsync(cluster.Http.Cluster, load, moves, verdicts);
            leavesAt = Now;
            await LeaveAsync(cluster.Http.Cluster, ports, load, moves, verdicts);
        }

        await load.StopAsync();
        foreach (var door in http) await door.DisposeAsync();
        CheckFailures("2.", load, DateTimeOffset.MinValue, leavesAt, verdicts);
        CheckFailures("3.", load, leavesAt, DateTimeOffset.MaxValue, verdicts);
        await CheckWritesAsync(cluster, load, words, verdicts);
        verdicts.Print();
        return verdicts.AreAllMet;
    }

    private static async Task JoinAsync(ICluster cluster, OutsideLoad load, MoveLog moves, Verdicts verdicts)
    {
        var quietAt = Now;
        await Task.Delay(Quiet, TimeProvider.System);
        var startedAt = Now;
        await SiloOrders.StartAsync(FirstSilos);
        var readyAt = Now;
        var isBalanced = await UntilBalancedAsync(cluster, readyAt + Patience);
        var balancedAt = Now;
        var info = await cluster.GetClusterAsync();
        await Task.Delay(Aftermath, TimeProvider.System);
        var endedAt = Now;

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A fourth silo joins, ready after "
            + $"{(readyAt - startedAt).TotalSeconds:N1} s, "
            + $"balanced {(balancedAt - readyAt).TotalSeconds:N1} s later:"));
        PrintSilos(info);
        moves.Print(startedAt);
        var moveAt = moves.Since(startedAt).Select(move => move.StartedAt).Append(readyAt).Min();
        var (before, during) = (load.Searches.Between(quietAt, startedAt), load.Searches.Between(moveAt, balancedAt));
        Console.WriteLine(before.Describe("searches before"));
        Console.WriteLine(load.Searches.Between(startedAt, moveAt).Describe("searches while its process starts"));
        Console.WriteLine(during.Describe("searches while shards move"));
        Console.WriteLine(load.Searches.Between(balancedAt, endedAt).Describe("searches after"));
        Console.WriteLine(load.Writes.Between(quietAt, startedAt).Describe("writes before"));
        Console.WriteLine(load.Writes.Between(moveAt, balancedAt).Describe("writes while shards move"));

        verdicts.Add(
            "2. balanced within 60 s of the fourth silo's readiness",
            isBalanced && balancedAt - readyAt <= BalancedWithin,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(balancedAt - readyAt).TotalSeconds:N1} s, imbalance {info.Imbalance:P1}, shards "
                + $"{string.Join(" + ", info.Silos.Select(silo => silo.ShardCount))}"));
        verdicts.Add(
            "2. p99 of searches while shards move at most 3 times as long",
            during.P99 <= MostSlowdown * before.P99,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{during.P99:N1} ms, before {before.P99:N1} ms: {during.P99 / before.P99:N1} times"));
    }

    private static async Task LeaveAsync(
        ICluster cluster, Ports ports, OutsideLoad load, MoveLog moves, Verdicts verdicts)
    {
        var held = (await cluster.GetClusterAsync()).Silos.Single(silo => ports.IsSilo(silo, Leaver)).ShardCount;
        var openings = await SiloOrders.CountOpeningsAsync();
        var stopAt = Now;
        var (exitCode, drain) = await SiloOrders.StopAsync(Leaver);
        var goneAt = Now;
        await Task.Delay(Aftermath, TimeProvider.System);
        var endedAt = Now;
        openings = await SiloOrders.CountOpeningsAsync() - openings;

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"A silo with {held} shards is told to end, and is gone after {(goneAt - stopAt).TotalSeconds:N1} s:"));
        PrintSilos(await cluster.GetClusterAsync());
        moves.Print(stopAt);
        Console.WriteLine(load.Searches.Between(stopAt, goneAt).Describe("searches until it is gone"));
        Console.WriteLine(load.Searches.Between(goneAt, endedAt).Describe("searches after"));
        Console.WriteLine(load.Writes.Between(stopAt, goneAt).Describe("writes until it is gone"));

        verdicts.Add(
            "3. the silo hands all its shards over and exits with 0",
            exitCode == 0 && drain.StartsWith($"Handed {held} shards", StringComparison.Ordinal),
            string.Create(
                CultureInfo.InvariantCulture,
                $"exited with {exitCode} after {(goneAt - stopAt).TotalSeconds:N1} s, had {held} shards: {drain}"));
        verdicts.Add(
            "3. no shard is opened but those that it had",
            openings == held,
            string.Create(CultureInfo.InvariantCulture, $"{openings} opened"));
    }

    private static async Task CheckWritesAsync(
        ClusterConnection cluster, OutsideLoad load, Words words, Verdicts verdicts)
    {
        var written = load.All.SelectMany(writer => writer.Acknowledged).ToList();
        foreach (var (door, database) in new (string, IVectorDatabase)[]
            { ("the Orleans client", cluster.Orleans), ("HTTP", cluster.Http) })
        {
            var (count, faults) = await ReadBack.RunAsync(database, Collection, written);
            foreach (var fault in faults.Take(10)) Console.WriteLine($"  {fault}");
            verdicts.Add(
                $"   acknowledged writes are there, through {door}",
                faults.Count == 0,
                string.Create(CultureInfo.InvariantCulture, $"{count - faults.Count:N0} of {count:N0} points"));
        }

        var least = words.Vectors.Count + load.All.Sum(writer => writer.NewCount);
        var most = least + load.All.Sum(writer => writer.UnknownCount);
        var all = await cluster.Orleans.CountAsync(new() { Collection = Collection });
        verdicts.Add(
            "   as many points as were written",
            all >= least && all <= most,
            string.Create(CultureInfo.InvariantCulture, $"{all:N0}, written {least:N0}, unknown {most - least:N0}"));
    }

    private static async Task<bool> UntilBalancedAsync(ICluster cluster, DateTimeOffset deadline)
    {
        while (Now < deadline)
        {
            var info = await cluster.GetClusterAsync();
            if (info.Silos.Count == FirstSilos + 1
                && info.Silos.All(silo => silo.ShardCount > 0)
                && info.Imbalance <= MostImbalance
                && info is { RunningMoves: 0, WaitingMoves: 0 }) return true;
            await Task.Delay(Interval, TimeProvider.System);
        }

        return false;
    }

    private static void CheckFailures(
        string item, OutsideLoad load, DateTimeOffset from, DateTimeOffset to, Verdicts verdicts)
    {
        foreach (var (what, samples) in new[] { ("searches", load.Searches), ("writes", load.Writes) })
        {
            var window = samples.Between(from, to);
            window.PrintFailures(what);
            verdicts.Add(
                $"{item} no failed {what}",
                window.Failures.Count == 0,
                string.Create(CultureInfo.InvariantCulture, $"{window.Failures.Count} failed"));
        }
    }

    private static void PrintSilos(ClusterInfo info)
    {
        foreach (var silo in info.Silos)
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    {silo.Name}  {silo.ShardCount,3} shards  "
                + $"{silo.ResidentBytes / 1048576.0,8:N1} MiB  {silo.State}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    imbalance {info.Imbalance:P1}"));
    }
}
