using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace VectorCluster.Cli;

/// <summary><c>admin shards</c>: which silo has which shard.</summary>
internal static class AdminShardsCommand
{
    private const string Summary = "List the shards that are in memory, by silo, largest first.";

    private const string Details =
        """
        Example:
          vectorcluster admin shards --collection docs --limit 20
        """;

    private static readonly Option<string?> Collection = new("--collection", "-c")
    {
        Description = "Only shards of this collection.",
        HelpName = "NAME",
    };

    private static readonly Option<int> Limit = new("--limit")
    {
        Description = "Shards shown.",
        HelpName = "N",
        DefaultValueFactory = _ => 1_000,
    };

    public static Command Create()
    {
        var command = ClusterTarget.Command("shards", Summary, Details, RunAsync);
        command.Add(Collection);
        command.Add(Limit);
        return command;
    }

    private static async Task RunAsync(ICluster cluster, ParseResult parsed, CancellationToken cancellationToken)
    {
        var shards = await cluster.ListShardsAsync(
            parsed.GetValue(Collection), parsed.GetValue(Limit), cancellationToken);
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("silo", "collection", "namespace", "shard", "resident", "points");
        foreach (var placed in shards)
        {
            table.AddRow(
                new Text(placed.Silo),
                new Text(placed.Shard.Collection),
                new Text(placed.Shard.Namespace),
                new Text(placed.Shard.Index.ToString(CultureInfo.InvariantCulture)),
                new Text(Size.Of(placed.ResidentBytes)),
                new Text(placed.PointCount.ToString("N0", CultureInfo.InvariantCulture)));
        }

        PlainTable.Write(table);
    }
}
