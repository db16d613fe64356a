using System.CommandLine;
using System.Globalization;

namespace VectorCluster.Cli;

/// <summary><c>admin drain</c>: hands a silo's shards to the others.</summary>
internal static class AdminDrainCommand
{
    private const string Summary = "Hand a silo's shards to the others, so that it can be stopped.";

    private const string Details =
        """
        The silo goes on serving; stopping it (SIGTERM) drains it too. Waits until the silo is empty; interrupting the
        command does not call the drain off.

        Example:
          vectorcluster admin drain 10.0.0.7:11111 --url http://silo-0:6333
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly Argument<string> Silo = new("silo")
    {
        Description = "Name of the silo, as admin cluster shows it.",
    };

    public static Command Create()
    {
        var command = ClusterTarget.Command("drain", Summary, Details, RunAsync);
        command.Add(Silo);
        return command;
    }

    private static async Task RunAsync(ICluster cluster, ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(Silo);
        await cluster.DrainAsync(name, cancellationToken);
        var last = -1;
        while (true)
        {
            var info = await cluster.GetClusterAsync(cancellationToken);
            var left = info.Silos.FirstOrDefault(silo => silo.Name == name)?.ShardCount ?? 0;
            if (left == 0) break;
            if (left != last)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{left:N0} shards left on {name}"));
            last = left;
            await Task.Delay(Interval, TimeProvider.System, cancellationToken);
        }

        Console.WriteLine($"{name} has no shards.");
    }
}
