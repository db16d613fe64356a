using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace VectorCluster.Cli;

/// <param name="Recall">Share of the true 10 nearest that was found, 0 to 1.</param>
/// <param name="Qps">Queries a second, over all threads.</param>
internal sealed record AnnSweepRow(
    [property: JsonPropertyName("ef")] int Ef,
    [property: JsonPropertyName("recall")] double Recall,
    [property: JsonPropertyName("qps")] double Qps);

/// <summary>What <c>bench ann</c> measured.</summary>
internal sealed record AnnReport(
    [property: JsonPropertyName("data")] string Data,
    [property: JsonPropertyName("points")] int Points,
    [property: JsonPropertyName("dimension")] int Dimension,
    [property: JsonPropertyName("queries")] int Queries,
    [property: JsonPropertyName("metric")] string Metric,
    [property: JsonPropertyName("m")] int M,
    [property: JsonPropertyName("ef_construction")] int EfConstruction,
    [property: JsonPropertyName("shards")] int Shards,
    [property: JsonPropertyName("threads")] int Threads,
    [property: JsonPropertyName("build_seconds")] double BuildSeconds,
    [property: JsonPropertyName("sweep")] IReadOnlyList<AnnSweepRow> Sweep)
{
    public string ToJson() => JsonSerializer.Serialize(this);

    public void WriteTable()
    {
        Console.WriteLine(
            $"{Data}: {Points:N0} points of {Dimension} dimensions, {Metric}, M {M}, efConstruction {EfConstruction}, "
            + $"{Shards} shard(s), {Threads} thread(s)");
        Console.WriteLine($"Built in {BuildSeconds:0.0} s ({Points / Math.Max(BuildSeconds, 0.001):N0} points/s)");
        var table = new Table().Border(TableBorder.Simple).AddColumns("efSearch", "recall@10", "queries/s");
        foreach (var column in table.Columns) column.RightAligned();
        foreach (var row in Sweep)
            table.AddRow(
                row.Ef.ToString(CultureInfo.InvariantCulture),
                row.Recall.ToString("0.0000", CultureInfo.InvariantCulture),
                row.Qps.ToString("N0", CultureInfo.InvariantCulture));
        PlainTable.Write(table);
    }
}
