using System.CommandLine;
using VectorCluster.Client.Http;

namespace VectorCluster.Cli;

/// <summary>The server that the commands for a cluster talk to.</summary>
internal static class ClusterTarget
{
    public static Option<string> Url { get; } = new("--url")
    {
        Description = "Any silo's HTTP address.",
        HelpName = "URL",
        DefaultValueFactory = _ => TargetOptions.DefaultUrl,
    };

    private static readonly Option<string?> ApiKey = ApiKeyOption.Create();

    public static Command Command(
        string name,
        string summary,
        string details,
        Func<ICluster, ParseResult, CancellationToken, Task> run)
    {
        var command = new DetailedCommand(name, summary, details) { Url, ApiKey };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Url) is { } url && !TargetOptions.IsHttp(url))
                result.AddError($"'{url}' is not an http or https URL.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = VectorClusterHttpClient.Connect(
                new(parsed.GetRequiredValue(Url)), ApiKeyOption.Read(parsed, ApiKey));
            await run(client.Cluster, parsed, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
