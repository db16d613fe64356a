using System.CommandLine;
using System.Globalization;

namespace VectorCluster.Cli;

/// <summary><c>bench ann</c>: how good and how fast approximate searches are, by efSearch.</summary>
internal static class BenchAnnCommand
{
    private const string Summary = "Measure recall@10 and queries per second over efSearch, on a file of vectors.";

    private const string Details =
        """
        Some rows are held out as queries; the others are indexed in a temporary directory, and exact searches give the
        truth.

        Example:
          vectorcluster bench ann --file samples/words-10k/words-10k.fvecs --ef 16,32,64,128
        """;

    private static readonly Option<string> File = new("--file")
    {
        Description = ".fvecs or .npy.",
        HelpName = "FILE",
        Required = true,
    };
    private static readonly Option<int> Queries = Number("--queries", "Rows held out as queries.", 1_000, 1, 1_000_000);
    private static readonly Option<int> Seed = Number("--seed", "Decides which rows are held out.", 1, 0, int.MaxValue);
    private static readonly Option<string> Metric = Metrics.Option("Distance.");
    private static readonly Option<int> M = Number("--m", "Links a point keeps in the graph.", 16, 2, 128);
    private static readonly Option<int> EfConstruction = Number(
        "--ef-construction", "Candidates kept while building.", 128, 2, 4_096);
    private static readonly Option<int> Shards = Number("--shards", "Shards.", 1, 1, 256);
    private static readonly Option<int> Threads = Number("--threads", "Searches at once.", 1, 1, 256);

    private static readonly Option<int[]> Ef = new("--ef")
    {
        Description = "Values of efSearch, with commas between.",
        HelpName = "N,N,…",
        DefaultValueFactory = _ => [16, 32, 64, 128, 256],
        CustomParser = result => ParseList(result),
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the result as one JSON object, on the last line.",
    };

    public static Command Create()
    {
        var command = new DetailedCommand("ann", Summary, Details)
        {
            File, Queries, Seed, Metric, M, EfConstruction, Ef, Shards, Threads, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetRequiredValue(File);
        if (!System.IO.File.Exists(path)) throw new UsageException($"There is no file '{path}'.");
        var hnsw = new HnswOptions
        {
            M = parsed.GetValue(M),
            EfConstruction = parsed.GetValue(EfConstruction),
            ExactScanThreshold = 0, // it is the graph that is measured, however small the file
        };
        if (hnsw.EfConstruction < hnsw.M) throw new UsageException("--ef-construction must be at least --m.");
        using var vectors = VectorFile.Open(path);
        var data = AnnData.Read(vectors, parsed.GetValue(Queries), parsed.GetValue(Seed));
        var bench = new AnnBench(data, TimeProvider.System)
        {
            Metric = Metrics.Parse(parsed.GetRequiredValue(Metric)),
            Hnsw = hnsw,
            Shards = parsed.GetValue(Shards),
            Threads = parsed.GetValue(Threads),
            EfSearch = parsed.GetRequiredValue(Ef),
        };
        var report = await bench.RunAsync(path, cancellationToken);
        report.WriteTable();
        if (parsed.GetValue(Json)) Console.WriteLine(report.ToJson());
        return ExitCode.Ok;
    }

    private static Option<int> Number(string name, string description, int value, int min, int max)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => value,
        };
        Ranges.Require(option, min, max);
        return option;
    }

    private static int[]? ParseList(System.CommandLine.Parsing.ArgumentResult result)
    {
        var values = new List<int>();
        foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                && value is >= 1 and <= SearchRequest.MaxEfSearch)
            {
                values.Add(value);
                continue;
            }

            result.AddError($"--ef: '{text}' is not a number from 1 to {SearchRequest.MaxEfSearch}.");
            return null;
        }

        return [.. values];
    }
}
