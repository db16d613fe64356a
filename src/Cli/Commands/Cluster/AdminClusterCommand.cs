using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace VectorCluster.Cli;

/// <summary><c>admin cluster</c>: the silos and what they hold.</summary>
internal static class AdminClusterCommand
{
    private const string Summary = "Show the silos, what they hold in memory, and whether shards are being moved.";

    private const string Details =
        """
        Example:
          vectorcluster admin cluster --url http://silo-0:6333
        """;

    public static Command Create() => ClusterTarget.Command("cluster", Summary, Details, RunAsync);

    private static async Task RunAsync(ICluster cluster, ParseResult parsed, CancellationToken cancellationToken)
    {
        var info = await cluster.GetClusterAsync(cancellationToken);
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("silo", "zone", "state", "shards", "resident", "budget");
        foreach (var silo in info.Silos)
        {
            table.AddRow(
                new Text(silo.Name),
                new Text(silo.Zone),
                new Text(silo.State == SiloState.Draining ? "draining" : "serving"),
                new Text(silo.ShardCount.ToString("N0", CultureInfo.InvariantCulture)),
                new Text(Size.Of(silo.ResidentBytes)),
                new Text(Size.Of(silo.BudgetBytes)));
        }

        PlainTable.Write(table);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The fullest silo is {info.Imbalance:P1} above the average; {info.RunningMoves} moves run, "
            + $"{info.WaitingMoves} wait; balancing is {(info.IsBalancingSuspended ? "suspended" : "on")}."));
    }
}
