using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VectorCluster.Ann.Bench;

/// <summary>What a run measured; bench/results keeps it.</summary>
internal sealed record AnnReport(
    [property: JsonPropertyName("data")] string Data,
    [property: JsonPropertyName("n")] int Count,
    [property: JsonPropertyName("dimension")] int Dimension,
    [property: JsonPropertyName("queries")] int Queries,
    [property: JsonPropertyName("curves")] IReadOnlyList<Curve> Curves)
{
    private const string PeerName = "hnswlib";
    private const string Float32 = "f32";
    private static readonly double[] Recalls = [0.95, 0.99];
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public void WriteTable()
    {
        foreach (var curve in Curves)
        {
            Tell($"{curve.Name}, {curve.Threads} thread(s): {curve.Mebibytes:0} MiB");
            Tell($"  built in {curve.BuildSeconds:0.0} s");
            foreach (var point in curve.Points)
                Tell($"  ef {point.Ef,5}   recall@10 {point.Recall:0.0000}   {point.Qps,8:N0} queries/s");
            if (curve.Name != PeerName)
                Tell($"  over {PeerName}'s: {RatioOf(curve, 0.95):0.00} at 0.95, {RatioOf(curve, 0.99):0.00} at 0.99");
        }
    }

    /// <summary>Our queries a second over the peer's at the same recall, one thread; its build time over
    /// ours.</summary>
    public string ToRatios()
    {
        var ratios = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["ratio"] = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                [Float32] = RatiosOf(curve => curve.Name == Float32),
                ["best"] = RatiosOf(curve => !curve.Name.StartsWith("shard", StringComparison.Ordinal)),
            },
            ["build_ratio"] = Rounded(Find(PeerName, 1)?.BuildSeconds / Find(Float32, 1)?.BuildSeconds)!,
            ["build_ratios"] = Curves.Where(curve => curve.Threads == 1 && curve.Name != PeerName).ToDictionary(
                curve => curve.Name,
                curve => Rounded(Find(PeerName, 1)?.BuildSeconds / curve.BuildSeconds),
                StringComparer.Ordinal),
        };
        return JsonSerializer.Serialize(ratios);
    }

    /// <summary>Keeps the figures under the name of the machine, and the plot in the documents.</summary>
    public void Store(string root)
    {
        var folder = Path.Combine(root, "bench", "results", Machine());
        Directory.CreateDirectory(folder);
        var name = $"ann-{Data}-{Count}";
        File.WriteAllText(Path.Combine(folder, $"{name}.json"), JsonSerializer.Serialize(this, Indented) + "\n");
        var plots = Path.Combine(root, "docs", "plots");
        Directory.CreateDirectory(plots);
        var title = $"{Data}, {Count.ToString("N0", CultureInfo.InvariantCulture)} × {Dimension}-d, one thread";
        File.WriteAllText(
            Path.Combine(plots, $"{name}.svg"), new SvgPlot(title, [.. Curves.Where(c => c.Threads == 1)]).Draw());
    }

    private static void Tell(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));

    private static double? Rounded(double? ratio) => ratio is { } value ? Math.Round(value, 3) : null;

    private static string Machine()
    {
        var model = File.ReadLines("/proc/cpuinfo")
            .First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim();
        var words = model.ToLowerInvariant().Split([' ', '(', ')', '@', '.'], StringSplitOptions.RemoveEmptyEntries);
        return $"{string.Join('-', words)}-{Environment.ProcessorCount}-cores";
    }

    private Curve? Find(string name, int threads) =>
        Curves.FirstOrDefault(curve => curve.Name == name && curve.Threads == threads);

    private double? RatioOf(Curve curve, double recall) =>
        curve.QpsAt(recall) / Find(PeerName, curve.Threads)?.QpsAt(recall);

    private Dictionary<string, double?> RatiosOf(Func<Curve, bool> isMeant) => Recalls.ToDictionary(
        recall => recall.ToString(CultureInfo.InvariantCulture),
        recall => Rounded(Curves.Where(curve => curve.Threads == 1 && isMeant(curve))
            .Max(curve => RatioOf(curve, recall))),
        StringComparer.Ordinal);
}
