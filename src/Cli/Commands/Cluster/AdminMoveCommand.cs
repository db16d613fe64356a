using System.CommandLine;
using System.Globalization;

namespace VectorCluster.Cli;

/// <summary><c>admin move</c>: one shard, to a silo of the operator's choice.</summary>
internal static class AdminMoveCommand
{
    private const string Summary = "Move a shard to a silo, and wait until it serves from there.";

    private const string Details =
        """
        The balancer may move it again; suspend it (admin moves --suspend) to keep a placement of your own.

        Example:
          vectorcluster admin move --collection docs --shard 3 --to 10.0.0.7:11111
        """;

    private static readonly Option<string> Collection = new("--collection", "-c")
    {
        Description = "Name of the collection.",
        HelpName = "NAME",
        Required = true,
    };

    private static readonly Option<string> To = new("--to")
    {
        Description = "Name of the silo, as admin cluster shows it.",
        HelpName = "SILO",
        Required = true,
    };

    private static readonly Option<string> Namespace = new("--namespace")
    {
        Description = "Namespace (tenant) within the collection; without it the default one.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<int> Shard = new("--shard")
    {
        Description = "Number of the shard within its namespace.",
        HelpName = "N",
        Required = true,
    };

    public static Command Create()
    {
        var command = ClusterTarget.Command("move", Summary, Details, RunAsync);
        foreach (var option in (Option[])[Collection, Namespace, Shard, To]) command.Add(option);
        return command;
    }

    private static async Task RunAsync(ICluster cluster, ParseResult parsed, CancellationToken cancellationToken)
    {
        var shard = new ShardId(
            parsed.GetRequiredValue(Collection), parsed.GetRequiredValue(Namespace), parsed.GetRequiredValue(Shard));
        var move = await cluster.MoveShardAsync(shard, parsed.GetRequiredValue(To), cancellationToken);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Shard {move.Shard} ({Size.Of(move.Bytes)}) serves from {move.To}; "
            + $"moving it took {move.Took?.TotalSeconds:0.0} s."));
    }
}
