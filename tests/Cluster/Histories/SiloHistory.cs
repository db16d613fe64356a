using VectorCluster.Cluster.Tests.Processes;
using VectorCluster.Tests.History;
using Xunit.Abstractions;

namespace VectorCluster.Cluster.Tests.Histories;

/// <summary>A cluster of processes, its clients, and the history that they leave, which must have an order in the
/// end.</summary>
internal sealed class SiloHistory : IAsyncDisposable
{
    /// <summary>Name of the way through the Orleans client.</summary>
    public const string ByClient = "client";

    private const int Shards = 12;

    /// <summary>Two a shard, about.</summary>
    private const int Registers = 24;

    /// <summary>Longer than silos take to notice that one of them is dead, so that most operations are
    /// answered.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan ShortDeadline = TimeSpan.FromSeconds(1);

    /// <summary>Nothing here takes as long on a machine that works.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly string _path = Path.GetTempFileName();
    private readonly HistoryWriter _writer;
    private readonly ITestOutputHelper _output;
    private readonly Dictionary<int, ulong[]> _keysOf = [];

    private SiloHistory(SiloCluster cluster, int seed, ITestOutputHelper output)
    {
        (Cluster, _output) = (cluster, output);
        File.Delete(_path);
        _writer = new(_path, "clients");
        Random = new(seed);
        Clients = new(_writer, [.. Enumerable.Range(0, Registers).Select(key => (ulong)key)], seed);
    }

    public SiloCluster Cluster { get; }

    public RegisterClients Clients { get; }

    public Random Random { get; }

    /// <summary>Starts three silos and the clients: two at each silo, of whom one is in a hurry, and three at the
    /// Orleans client.</summary>
    public static async Task<SiloHistory> StartAsync(int seed, ITestOutputHelper output)
    {
        var history = new SiloHistory(await SiloCluster.StartAsync(silos: 3), seed, output);
        await history.Cluster.Client.CreateCollectionAsync(
            RegisterClients.Collection, CollectionSettings.ForVector(2, DistanceMetric.Euclidean, Shards));
        for (var key = 0UL; key < Registers; key++) await history.FindShardAsync(key);
        for (var i = 0; i < history.Cluster.Count; i++)
        {
            var silo = i;
            history.Clients.Start($"http {silo}", () => history.Cluster[silo].Http, Deadline);
            history.Clients.Start($"hurried http {silo}", () => history.Cluster[silo].Http, ShortDeadline);
            history.Clients.Start(ByClient, () => history.Cluster.Client, Deadline);
        }

        return history;
    }

    /// <summary>Waits until some more operations were answered, so that whatever comes next comes at another moment of
    /// the work each time.</summary>
    public async Task WorkAsync()
    {
        var wanted = Clients.Acknowledged + Clients.Reads + Random.Next(100, 600);
        await WaitAsync(() => Clients.Acknowledged + Clients.Reads >= wanted);
    }

    /// <summary>A silo that has some of the shards.</summary>
    public async Task<int> ChooseVictimAsync()
    {
        var counts = await CountShardsAsync();
        var candidates = Enumerable.Range(0, Cluster.Count).Where(silo => counts[silo] > 0).ToList();
        var victim = candidates[Random.Next(candidates.Count)];
        Log($"silo {victim} has {counts[victim]} of {counts.Sum()} shards");
        return victim;
    }

    /// <summary>Asked again where it fails: the silo that answers reads the members from PostgreSQL, perhaps on a
    /// connection that was cut.</summary>
    private async Task<List<int>> CountShardsAsync()
    {
        var from = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await Cluster.ShardCountsAsync();
            }
            catch (Exception exception) when (TimeProvider.System.GetElapsedTime(from) < Patience)
            {
                Log($"members: {exception.Message}");
                await Task.Delay(Interval, TimeProvider.System);
            }
        }
    }

    /// <summary>Waits until every register was written and read through a silo.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> EveryShardServesAsync(SiloProcess through, TimeSpan patience)
    {
        var from = TimeProvider.System.GetTimestamp();
        using var expiry = new CancellationTokenSource(patience, TimeProvider.System);
        await Task.WhenAll(_keysOf.Values.SelectMany(keys => keys)
            .Select(key => Clients.ServesAsync(key, through.Http, patience, expiry.Token)))
            .WaitAsync(expiry.Token);
        return TimeProvider.System.GetElapsedTime(from);
    }

    /// <summary>Reads through a silo that got no answer, of shards that nobody took from their silo since.</summary>
    /// <param name="before">The epochs when the round began.</param>
    /// <param name="failedBefore">How many reads had failed by then.</param>
    public async Task<IReadOnlyList<FailedRead>> FailedElsewhereAsync(
        int silo, IReadOnlyDictionary<int, long> before, int failedBefore)
    {
        var now = await Cluster.EpochsAsync();
        var stayed = now.Where(shard => before[shard.Key] == shard.Value)
            .SelectMany(shard => KeysOf(shard.Key)).ToHashSet();
        return [.. Clients.FailedReads.Skip(failedBefore)
            .Where(read => read.Way == $"http {silo}" && stayed.Contains(read.Key))];
    }

    /// <summary>Ends the clients, reads everything through every silo and the Orleans client, and looks for an
    /// order.</summary>
    public async Task<Violation?> EndAsync()
    {
        await Clients.StopAsync();
        IVectorDatabase[] doors =
            [.. Enumerable.Range(0, Cluster.Count).Select(silo => Cluster[silo].Http), Cluster.Client];
        foreach (var door in doors)
            foreach (var key in Clients.AllKeys)
                Assert.True(await Clients.TryReadAsync(key, "end", door, Deadline), $"{key} is not read in the end.");
        Log($"{Clients.Tally}; {Clients.AllKeys.Count} points");
        _writer.Dispose();
        return Linearizability.Check(await HistoryReader.ReadAsync(_path));
    }

    public void Log(string line) => _output.WriteLine(line);

    public static async Task WaitAsync(Func<bool> isTrue)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (!isTrue())
        {
            if (TimeProvider.System.GetElapsedTime(from) > Patience)
                throw new TimeoutException("The condition was waited for too long.");
            await Task.Delay(Interval, TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Clients.DisposeAsync();
        await Cluster.DisposeAsync();
        _writer.Dispose();
        File.Delete(_path);
    }

    private IEnumerable<ulong> KeysOf(int shard) => _keysOf.GetValueOrDefault(shard, []);

    /// <summary>Only the cluster knows where a point lies; a write tells. The deletion leaves no trace of it.</summary>
    private async Task FindShardAsync(ulong key)
    {
        var id = PointId.FromNumber(key);
        var written = await Cluster.Client.UpsertAsync(
            new() { Collection = RegisterClients.Collection, Points = [new(id, new float[] { 1, 0 })] });
        await Cluster.Client.DeleteAsync(
            new() { Collection = RegisterClients.Collection, Selector = PointSelector.ByIds(id) });
        var shard = written.Shards.Keys.Single().Index;
        _keysOf[shard] = [.. KeysOf(shard), key];
    }
}
