using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary><c>serve</c>: the HTTP API over a database, until a signal.</summary>
internal static class ServeCommand
{
    private const string Summary = "Serve a database over HTTP, from a data directory or from PostgreSQL. Ctrl-C stops it cleanly.";

    private const string Details =
        """
        Examples:
          vectorcluster serve --data ./data --port 6333
          vectorcluster serve --postgres "Host=db;Database=vectors;Username=me"
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
        $"VectorCluster serves {options.Store.Name} on {server.Address.GetLeftPart(UriPartial.Authority)}");

    public static Task UntilStoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(stopped.SetResult);
        return stopped.Task;
    }
}
