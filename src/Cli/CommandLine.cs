using System.CommandLine;
using System.CommandLine.Help;

namespace VectorCluster.Cli;

/// <summary>The program: parses its arguments, runs a command, and turns what fails into one line and an exit
/// code.</summary>
internal static class CommandLine
{
    private const string Description =
        """
        VectorCluster: a vector database with Qdrant's REST API.

        Examples:
          vectorcluster demo                                   try it on 10,000 English words
          vectorcluster serve --data ./data                    serve a data directory
          vectorcluster serve --postgres "Host=db;…"           serve a PostgreSQL database
          vectorcluster import vectors.npy --collection docs   load vectors into a running server
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        using var interrupt = new Interrupt();
        var parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync($"vectorcluster: {error.Message}");
            var path = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
            await Console.Error.WriteLineAsync($"See 'vectorcluster {path}--help'.");
            return ExitCode.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // signals are Interrupt's
            };
            return await parsed.InvokeAsync(configuration, interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (Failure.Describe(exception) is { } message)
        {
            await Console.Error.WriteLineAsync($"vectorcluster: {message}");
            return exception is UsageException ? ExitCode.Usage : ExitCode.Failed;
        }
    }

    private static RootCommand Root()
    {
        var root = new RootCommand(Description)
        {
            ServeCommand.Create(),
            DemoCommand.Create(),
            ImportCommand.Create(),
            ExportCommand.Create(),
            QueryCommand.Create(),
            BenchCommand.Create(),
            AdminCommand.Create(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new DetailedHelp((HelpAction)help.Action!);
        return root;
    }
}
