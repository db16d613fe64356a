using System.Diagnostics;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Ann.Bench.Repair;

/// <summary>Replaces a fifth of a shard's points, ten times, and compares it with one that was built of what is left:
/// recall, memory; and how long searches take while a repair runs and in quiet.</summary>
internal sealed class RepairBench(AnnArguments arguments, AnnVectors all)
{
    private const int Rounds = 10;
    private const int ReplacedShare = 5;
    private const int QuietSearches = 20_000;
    private const int Ef = 64;
    private const double DueShare = 0.1;

    private static readonly int[] Efs = [16, 32, 64, 128, 256];

    private readonly int[] _order = Shuffled(all.Count); // common words and rare ones at all times
    private readonly int[] _vectorOf = Shuffled(all.Count)[..arguments.Count]; // of each id
    private readonly Latencies _repairing = new();
    private readonly Latencies _building = new();

    public async Task RunAsync()
    {
        var settings = new VectorSettings(all.Dimension, DistanceMetric.Cosine)
        {
            Hnsw = new() { M = 16, EfConstruction = 200 },
            Quantization = arguments.Only.Contains("4-bit") ? VectorQuantization.Bits4 : VectorQuantization.None,
        };
        await using var shard = await FillAsync(settings);
        using var stop = new CancellationTokenSource();
        var searching = SearchAsync(shard, stop.Token);
        await ReplaceAsync(shard);
        await stop.CancelAsync();
        await searching;
        await using var fresh = await FillAsync(settings);
        await ReportAsync(shard, fresh);
    }

    private static void Tell(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));

    private static void Tell(string when, Latencies latencies)
    {
        var (median, p99) = (latencies.Quantile(0.5), latencies.Quantile(0.99));
        Tell($"{when}: p50 {median:0} µs, p99 {p99:0} µs of {latencies.Count} searches");
    }

    private static int[] Shuffled(int count)
    {
        var numbers = Enumerable.Range(0, count).ToArray();
        new Random(2).Shuffle(numbers);
        return numbers;
    }

    private ReadOnlyMemory<float> VectorOf(int id) =>
        all.Base.AsMemory(_vectorOf[id] * all.Dimension, all.Dimension);

    private async Task<BenchShard> FillAsync(VectorSettings settings)
    {
        var shard = await BenchShard.OpenAsync(settings);
        var began = Stopwatch.GetTimestamp();
        await shard.WriteAsync(Enumerable.Range(0, arguments.Count), VectorOf);
        await shard.WaitUntilIndexedAsync();
        Tell($"{arguments.Count} points indexed in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        return shard;
    }

    private async Task ReplaceAsync(BenchShard shard)
    {
        var random = new Random(1);
        var next = arguments.Count;
        for (var round = 1; round <= Rounds; round++)
        {
            var ids = Enumerable.Range(0, arguments.Count).ToArray();
            random.Shuffle(ids);
            var replaced = ids[..(arguments.Count / ReplacedShare)];
            foreach (var id in replaced) _vectorOf[id] = _order[next++ % all.Count];
            var began = Stopwatch.GetTimestamp();
            await shard.WriteAsync(replaced, VectorOf);
            await shard.WaitUntilAsync(info =>
                info is { UnindexedVectorCount: 0, IsRepairing: false } && info.DeadCount < DueShare * info.PointCount);
            var info = await shard.Shard.DescribeAsync();
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Tell($"round {round}: written, indexed and repaired in {seconds:0.0} s, {info.ResidentBytes >> 20} MiB");
        }

        // Less than a tenth waits for a quiet time.
        await shard.WaitUntilAsync(info => info is { IsRepairing: false } && info.DeadCount < 0.01 * info.PointCount);
    }

    private async Task SearchAsync(BenchShard shard, CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            var before = await shard.Shard.DescribeAsync();
            var began = Stopwatch.GetTimestamp();
            await shard.SearchAsync(all.Query(i % all.Queried), Ef);
            var after = await shard.Shard.DescribeAsync();
            var of = (before.UnindexedVectorCount > 0, before.IsRepairing && after.IsRepairing) switch
            {
                (true, _) => _building,
                (_, true) => _repairing,
                _ => null,
            };
            of?.AddSince(began);
        }
    }

    private async Task ReportAsync(BenchShard repaired, BenchShard fresh)
    {
        var quiet = new Latencies();
        for (var i = 0; i < QuietSearches; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await repaired.SearchAsync(all.Query(i % all.Queried), Ef);
            quiet.AddSince(began);
        }

        var points = new float[(long)arguments.Count * all.Dimension];
        for (var id = 0; id < arguments.Count; id++) VectorOf(id).CopyTo(points.AsMemory(id * all.Dimension));
        var truth = GroundTruth.Find(points, all.Queries, all.Dimension);
        Tell($"| ef | recall@10 after {Rounds} rounds | of a fresh index | difference |");
        foreach (var ef in Efs)
        {
            var (ours, theirs) = (await RecallAsync(repaired, ef, truth), await RecallAsync(fresh, ef, truth));
            Tell($"| {ef} | {ours:0.0000} | {theirs:0.0000} | {ours - theirs:+0.0000;-0.0000} |");
        }

        var (bytes, freshBytes) = (await BytesAsync(repaired), await BytesAsync(fresh));
        Tell($"memory: {bytes >> 20} MiB, fresh {freshBytes >> 20} MiB, ratio {(double)bytes / freshBytes:0.000}");
        Tell("quiet", quiet);
        Tell("repairing", _repairing);
        Tell("building a graph", _building);
        Tell($"p99 while repairing / in quiet: {_repairing.Quantile(0.99) / quiet.Quantile(0.99):0.00}");
    }

    private async Task<double> RecallAsync(BenchShard shard, int ef, int[] truth)
    {
        var found = new int[truth.Length];
        for (var query = 0; query < all.Queried; query++)
        {
            var hits = (await shard.SearchAsync(all.Query(query), ef)).Hits;
            for (var i = 0; i < hits.Count; i++)
                found[(query * AnnVectors.Neighbours) + i] = (int)hits[i].Id.Bits;
        }

        return (all with { Truth = truth }).Recall(found);
    }

    private static async Task<long> BytesAsync(BenchShard shard) => (await shard.Shard.DescribeAsync()).ResidentBytes;
}
