using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary>The key that a command shows a server. From the environment it does not show in the list of
/// processes.</summary>
internal static class ApiKeyOption
{
    public const string Variable = "VECTORCLUSTER_API_KEY";

    public static Option<string?> Create() => new("--api-key")
    {
        Description = $"Key or token for the server (default: the variable {Variable}).",
        HelpName = "KEY",
    };

    /// <returns>Null: there is none.</returns>
    public static string? Read(ParseResult parsed, Option<string?> option) =>
        (parsed.GetValue(option) ?? Environment.GetEnvironmentVariable(Variable)) is { Length: > 0 } key ? key : null;
}
