using System.Diagnostics;

namespace VectorCluster.Ann.Bench.Concurrency;

/// <summary>How searches a second grow with clients, and what they lose while points are inserted.</summary>
/// <remarks>
/// In turns, and the median of the rounds. Inserting has one build thread, so that one client and the insertion have a
/// core each, as one client in quiet has: what is lost then is lost to memory, locks and caches, not to cores.
/// </remarks>
internal sealed class ConcurrencyBench(AnnArguments arguments, AnnVectors all)
{
    private const int Ef = 64;
    private const int InsertedPerWrite = 100;
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);

    public async Task RunAsync()
    {
        var settings = new VectorSettings(all.Dimension, DistanceMetric.Cosine)
        {
            Hnsw = new() { M = 16, EfConstruction = 200 },
        };
        await using var shard = await BenchShard.OpenAsync(settings, buildThreads: 1);
        await shard.WriteAsync(Enumerable.Range(0, arguments.Count), VectorOf);
        await shard.WaitUntilIndexedAsync();
        await SearchAsync(shard, clients: 2, Turn);
        var (one, two, beside) = (new List<double>(), new List<double>(), new List<double>());
        var inserted = 0;
        for (var round = 0; round < arguments.Rounds; round++)
        {
            one.Add(await SearchAsync(shard, clients: 1, Turn));
            two.Add(await SearchAsync(shard, clients: 2, Turn));
            using var stop = new CancellationTokenSource();
            var inserting = InsertAsync(shard, arguments.Count + inserted, stop.Token);
            beside.Add(await SearchAsync(shard, clients: 1, Turn));
            await stop.CancelAsync();
            inserted += await inserting;
            await shard.WaitUntilIndexedAsync();
        }

        Tell($"1 client: {Median(one):0} searches a second");
        Tell($"2 clients: {Median(two):0}, {Median(two) / Median(one):0.00} times as many");
        var (lost, rate) = (1 - (Median(beside) / Median(one)), inserted / (Turn.TotalSeconds * arguments.Rounds));
        Tell($"1 client beside an insertion on the other core: {Median(beside):0}, {100 * lost:0} % fewer");
        Tell($"inserted meanwhile: {rate:0} points a second");
    }

    private static void Tell(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private ReadOnlyMemory<float> VectorOf(int id) =>
        all.Base.AsMemory(id % all.Count * all.Dimension, all.Dimension);

    /// <returns>Searches a second.</returns>
    private async Task<double> SearchAsync(BenchShard shard, int clients, TimeSpan length)
    {
        var began = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            var count = 0;
            for (; Stopwatch.GetElapsedTime(began) < length; count++)
                await shard.SearchAsync(all.Query((count + (client * 500)) % all.Queried), Ef);
            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>Writes as fast as the graph takes it.</summary>
    private async Task<int> InsertAsync(BenchShard shard, int first, CancellationToken cancellationToken)
    {
        var inserted = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            await shard.WriteAsync(Enumerable.Range(first + inserted, InsertedPerWrite), VectorOf);
            inserted += InsertedPerWrite;
            await shard.WaitUntilAsync(info => info.UnindexedVectorCount <= 2 * InsertedPerWrite);
        }

        return inserted;
    }
}
