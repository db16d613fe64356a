using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary><c>export</c>: a collection as JSON lines.</summary>
internal static class ExportCommand
{
    private const string Summary =
        "Write the points of a collection as JSON lines, in the order of their ids, as import reads them.";

    private const string Details =
        """
        Vectors under cosine come with length 1, as they are stored.

        Example:
          vectorcluster export --collection words --output words.jsonl
        """;

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "File to write (default: standard output).",
        HelpName = "FILE",
    };

    public static Command Create()
    {
        var target = new TargetOptions();
        var command = new DetailedCommand("export", Summary, Details) { Output };
        target.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, target, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, TargetOptions options, CancellationToken cancellationToken)
    {
        await using var target = await options.OpenAsync(parsed, cancellationToken);
        var run = new ExportRun(
            target.Database,
            parsed.GetRequiredValue(options.Collection),
            parsed.GetRequiredValue(options.Namespace),
            TimeSpan.FromSeconds(parsed.GetValue(options.RetryFor)));
        if (parsed.GetValue(Output) is not { } path)
        {
            await using var console = Console.OpenStandardOutput();
            await run.RunAsync(console, TimeProvider.System, cancellationToken);
            return ExitCode.Ok;
        }

        // Under another name until it is whole, so that nobody takes a part for all.
        var partial = path + ".partial";
        await using (var file = File.Create(partial)) await run.RunAsync(file, TimeProvider.System, cancellationToken);
        File.Move(partial, path, overwrite: true);
        return ExitCode.Ok;
    }
}
