using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary><c>demo</c>: a server with 10,000 English words in it, and a tour of what it does.</summary>
internal static class DemoCommand
{
    private const string Summary =
        "Serve a data directory with 10,000 English word vectors in it, and show what the database can do.";

    private const string Details =
        """
        Started again, it finds the words where it left them.

        Example:
          vectorcluster demo --data ./data
        """;

    public static Command Create()
    {
        var arguments = new ServerArguments();
        var command = new DetailedCommand("demo", Summary, Details);
        arguments.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(arguments.Read(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        await using var server = await Server.StartAsync(options, cancellationToken);
        await DemoLoad.RunAsync(server.Database, TimeProvider.System, cancellationToken);
        await DemoTour.RunAsync(server.Database, server.Address, Console.Out, cancellationToken);
        ServeCommand.SayReady(server, options);
        Console.WriteLine("Ctrl-C stops it.");
        await ServeCommand.UntilStoppedAsync(cancellationToken);
        return ExitCode.Ok;
    }
}
