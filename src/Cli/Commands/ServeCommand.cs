using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary><c>serve</c>: the HTTP API over a data directory, until a signal.</summary>
internal static class ServeCommand
{
    private const string Summary = "Serve a data directory over HTTP. Ctrl-C stops it cleanly.";

    private const string Details =
        """
        Example:
          vectorcluster serve --data ./data --port 6333
        """;

    public static Command Create()
    {
        var arguments = new ServerArguments();
        var command = new DetailedCommand("serve", Summary, Details);
        arguments.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(arguments.Read(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ServerOptions options, CancellationToken cancellationToken)
    {
        await using var server = await Server.StartAsync(options, cancellationToken);
        SayReady(server, options);
        await UntilStoppedAsync(cancellationToken);
        return ExitCode.Ok;
    }

    /// <summary>One line that scripts and tests wait for.</summary>
    public static void SayReady(Server server, ServerOptions options) => Console.WriteLine(
        $"VectorCluster serves {Path.GetFullPath(options.Data)} on {server.Address.GetLeftPart(UriPartial.Authority)}");

    public static Task UntilStoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(stopped.SetResult);
        return stopped.Task;
    }
}
