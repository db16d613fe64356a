using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using VectorCluster.Api;

namespace VectorCluster.Cli;

/// <summary><c>admin key</c>: makes a key for the HTTP API.</summary>
internal static class AdminKeyCommand
{
    private const string Summary = "Make a key for the HTTP API, and what a server's settings have of it.";

    private const string Details =
        """
        The key is printed once, for whoever is to use it; it is kept nowhere. The second line goes into the list
        Access:Keys of the server's settings, or into its keys file. With --of-input the key is read from standard
        input instead of made.

        Examples:
          vectorcluster admin key --name ingest --role write --collection docs
          vectorcluster admin key --name acme --role read-only --collection docs --namespace acme
        """;

    private static readonly JsonSerializerOptions OneLine = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // for eyes and files, not for HTML
    };

    private static readonly Option<string> Name = new("--name")
    {
        Description = "For messages and logs.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "key",
    };

    private static readonly Option<string> Role = CreateRole();

    private static readonly Option<string[]> Collections = new("--collection", "-c")
    {
        Description = "Collection that the key is limited to; several may be given.",
        HelpName = "NAME",
    };

    private static readonly Option<string[]> Namespaces = new("--namespace")
    {
        Description = "Namespace that the key is limited to; several may be given.",
        HelpName = "NAME",
    };

    private static readonly Option<bool> OfInput = new("--of-input")
    {
        Description = "Read the key from standard input: a random one of at least 32 characters.",
    };

    public static Command Create()
    {
        var command = new DetailedCommand("key", Summary, Details) { Name, Role, Collections, Namespaces, OfInput };
        command.SetAction(RunAsync);
        return command;
    }

    private static Option<string> CreateRole()
    {
        var role = new Option<string>("--role")
        {
            Description = "What it allows: read-only, write or admin.",
            HelpName = "ROLE",
            DefaultValueFactory = _ => "read-only",
        };
        role.AcceptOnlyFromAmong("read-only", "write", "admin");
        return role;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var isGiven = parsed.GetValue(OfInput);
        var key = isGiven ? await ReadKeyAsync(cancellationToken) : ApiKey.Create();
        var settings = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["Name"] = parsed.GetRequiredValue(Name),
            ["Hash"] = ApiKey.HashOf(key),
            ["Role"] = parsed.GetRequiredValue(Role),
        };
        if (parsed.GetValue(Collections) is { Length: > 0 } collections) settings["Collections"] = collections;
        if (parsed.GetValue(Namespaces) is { Length: > 0 } namespaces) settings["Namespaces"] = namespaces;
        if (!isGiven) Console.WriteLine(key);
        Console.WriteLine(JsonSerializer.Serialize(settings, OneLine));
        return ExitCode.Ok;
    }

    private static async Task<string> ReadKeyAsync(CancellationToken cancellationToken)
    {
        var key = (await Console.In.ReadLineAsync(cancellationToken) ?? "").Trim();
        return key.Length >= 32
            ? key
            : throw new UsageException(
                $"The key has {key.Length} characters; it needs 32, chosen at random: its hash could be guessed.");
    }
}
