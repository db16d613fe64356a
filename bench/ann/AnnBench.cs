using System.Diagnostics;

namespace VectorCluster.Ann.Bench;

/// <summary>Searches contenders in turns, so that whatever else the machine does meets all of them.</summary>
internal sealed class AnnBench(AnnArguments arguments, AnnVectors data)
{
    public const int BuildThreads = 2;

    /// <summary>Past this recall a contender is not asked to search wider.</summary>
    private const double EnoughRecall = 0.9945;

    private static readonly int[] Efs = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536];

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    private readonly int[] _found = new int[data.Queried * AnnVectors.Neighbours];

    public async Task<AnnReport> RunAsync()
    {
        var settings = new VectorSettings(data.Dimension, DistanceMetric.Cosine)
        {
            Hnsw = new() { M = 16, EfConstruction = 200 },
            Quantization = VectorQuantization.None,
        };
        await using var peer = new HnswlibPeer(arguments.Peer, data);
        var contenders = new List<IContender> { peer };
        foreach (var quantization in Enum.GetValues<VectorQuantization>())
        {
            if (quantization == VectorQuantization.Auto) continue;
            var quantized = settings with { Quantization = quantization };
            var name = quantization == VectorQuantization.None ? "f32" : $"{(int)quantization}-bit";
            if (IsWanted(name)) contenders.Add(new GraphContender(name, data, quantized));
        }

        if (IsWanted("shard")) contenders.Add(new ShardContender("shard", data, settings));
        var coded = settings with { Quantization = VectorQuantization.Bits4 };
        if (IsWanted("shard-4-bit")) contenders.Add(new ShardContender("shard-4-bit", data, coded));
        var onDisk = coded with { OnDisk = true };
        if (IsWanted("shard-4-bit-disk")) contenders.Add(new ShardContender("shard-4-bit-disk", data, onDisk));
        var builds = new List<double>();
        foreach (var contender in contenders)
        {
            builds.Add(await contender.PrepareAsync(arguments.IsReusing));
            Tell($"{contender.Name}: built in {builds[^1]:0.0} s");
        }

        int[] threads = arguments.Threads is { } given ? [given] : arguments.IsReusing ? [1] : [1, 2];
        var curves = new List<Curve>();
        foreach (var count in threads) curves.AddRange(await MeasureAsync(contenders, builds, count));
        foreach (var contender in contenders.Skip(1)) await contender.DisposeAsync();
        return new(arguments.Data, data.Count, data.Dimension, data.Queried, curves);
    }

    private static void Tell(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));

    private bool IsWanted(string name) => arguments.Only.Count == 0 || arguments.Only.Contains(name);

    private async Task<List<Curve>> MeasureAsync(List<IContender> contenders, List<double> builds, int threads)
    {
        foreach (var contender in contenders) await WarmUpAsync(contender, threads);
        var points = contenders.ConvertAll(_ => new List<CurvePoint>());
        foreach (var ef in Efs)
        {
            var seconds = contenders.ConvertAll(_ => new List<double>());
            for (var round = 0; round < arguments.Rounds; round++)
            {
                for (var i = 0; i < contenders.Count; i++)
                {
                    if (points[i] is [.., { Recall: > EnoughRecall }]) continue;
                    seconds[i].Add(await contenders[i].SearchAsync(ef, threads, _found));
                    if (round == arguments.Rounds - 1) points[i].Add(PointOf(ef, seconds[i]));
                }
            }
        }

        var curves = new List<Curve>();
        for (var i = 0; i < contenders.Count; i++)
        {
            var mebibytes = await contenders[i].BytesAsync() / (double)(1 << 20);
            double? build = double.IsNaN(builds[i]) ? null : builds[i];
            curves.Add(new(contenders[i].Name, threads, build, mebibytes, points[i]));
        }

        return curves;
    }

    /// <summary>Searches until the runtime has compiled what is hot, and the caches have what they will have.</summary>
    private async Task WarmUpAsync(IContender contender, int threads)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < WarmUp)
            foreach (var ef in Efs.AsSpan(0, 6).ToArray()) await contender.SearchAsync(ef, threads, _found);
    }

    private CurvePoint PointOf(int ef, List<double> seconds)
    {
        seconds.Sort();
        return new(ef, data.Recall(_found), data.Queried / seconds[seconds.Count / 2]);
    }
}
