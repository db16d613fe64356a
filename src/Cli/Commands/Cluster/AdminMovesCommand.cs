using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace VectorCluster.Cli;

/// <summary><c>admin moves</c>: shards on their way; suspending the balancer and letting it go on.</summary>
internal static class AdminMovesCommand
{
    private const string Summary = "List moves of shards; suspend the balancer, or let it go on.";

    private const string Details =
        """
        Moves that were asked for, and drains, go on while balancing is suspended.

        Examples:
          vectorcluster admin moves
          vectorcluster admin moves --suspend
          vectorcluster admin moves --resume
        """;

    private static readonly Option<bool> Suspend = new("--suspend") { Description = "Begin no moves by itself." };

    private static readonly Option<bool> Resume = new("--resume") { Description = "Let balancing go on." };

    public static Command Create()
    {
        var command = ClusterTarget.Command("moves", Summary, Details, RunAsync);
        command.Add(Suspend);
        command.Add(Resume);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Suspend) && result.GetValue(Resume))
                result.AddError("Give --suspend or --resume, not both.");
        });
        return command;
    }

    private static async Task RunAsync(ICluster cluster, ParseResult parsed, CancellationToken cancellationToken)
    {
        var isSuspended = parsed.GetValue(Suspend);
        if (isSuspended || parsed.GetValue(Resume))
        {
            await cluster.SuspendBalancingAsync(isSuspended, cancellationToken);
            Console.WriteLine(isSuspended ? "Balancing is suspended." : "Balancing goes on.");
            return;
        }

        var moves = await cluster.ListMovesAsync(cancellationToken);
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("started", "shard", "from", "to", "size", "status", "took", "why");
        foreach (var move in moves)
        {
            table.AddRow(
                new Text(move.StartedAt.ToString("u", CultureInfo.InvariantCulture)),
                new Text($"{move.Shard}"),
                new Text(move.From),
                new Text(move.To),
                new Text(Size.Of(move.Bytes)),
                new Text($"{move.Status}".ToLowerInvariant()),
                new Text(move.Took?.ToString(@"m\:ss\.f", CultureInfo.InvariantCulture) ?? ""),
                new Text(move.Failure ?? move.Why));
        }

        PlainTable.Write(table);
    }
}
