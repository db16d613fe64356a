using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary>Where the database is that a command talks to: a server, or a data directory that no server has
/// open.</summary>
internal sealed class TargetOptions
{
    public const string DefaultUrl = "http://localhost:6333";

    private readonly Option<string?> _url = new("--url")
    {
        Description = $"Server to talk to (default {DefaultUrl}).",
        HelpName = "URL",
    };

    private readonly Option<string?> _apiKey = ApiKeyOption.Create();

    private readonly StoreOptions _store = new(
        "Data directory to open instead of talking to a server; no server may have it open.");

    public Option<string> Collection { get; } = new("--collection", "-c")
    {
        Description = "Name of the collection.",
        HelpName = "NAME",
        Required = true,
    };

    public Option<string> Namespace { get; } = new("--namespace")
    {
        Description = "Namespace (tenant) within the collection; without it the default one.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "",
    };

    public Option<double> RetryFor { get; } = new("--retry-for")
    {
        Description = "Seconds to wait for a server that does not answer, before giving up.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 60,
    };

    public void AddTo(Command command)
    {
        command.Add(Collection);
        command.Add(Namespace);
        command.Add(_url);
        command.Add(_apiKey);
        _store.AddTo(command);
        command.Add(RetryFor);
        Ranges.Require(RetryFor, 0, 86_400);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_url) is not null && _store.IsGiven(result))
                result.AddError("Give --url or a store (--data, --postgres), not both.");
            if (result.GetValue(_url) is { } url && !IsHttp(url))
                result.AddError($"'{url}' is not an http or https URL.");
        });
    }

    public async Task<Target> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        parsed.GetValue(_url) is null && _store.Read(parsed) is { } store
            ? await Target.OpenAsync(store, cancellationToken)
            : Target.Connect(new Uri(parsed.GetValue(_url) ?? DefaultUrl), ApiKeyOption.Read(parsed, _apiKey));

    public static bool IsHttp(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
