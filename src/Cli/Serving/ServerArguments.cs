using System.CommandLine;
using System.Net;
using VectorCluster.Api;

namespace VectorCluster.Cli;

/// <summary>The options that <c>serve</c> and <c>demo</c> share.</summary>
internal sealed class ServerArguments
{
    private const string DefaultDirectory = "./data";

    private readonly StoreOptions _store = new(
        $"Data directory; made if it does not exist (default {DefaultDirectory}).");

    private readonly Option<int> _port = new("--port")
    {
        Description = "TCP port to listen on; 0 takes any free one.",
        HelpName = "N",
        DefaultValueFactory = _ => 6333,
    };

    private readonly Option<string> _host = new("--host")
    {
        Description =
            "IP address to listen on, 'localhost', or '*' for all. One that others can reach needs keys.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "127.0.0.1",
    };

    private readonly Option<string?> _settings = new("--settings")
    {
        Description = "JSON file with the sections VectorCluster (Access, Limits, Telemetry) and Kestrel "
            + "(certificate); the environment counts too, as VectorCluster__Access__KeysFile and so on.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log every request, to standard error." };

    public void AddTo(Command command)
    {
        _store.AddTo(command);
        command.Add(_port);
        command.Add(_host);
        command.Add(_settings);
        command.Add(_verbose);
        Ranges.Require(_port, 0, 65_535);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_host) is { } host && !IsAddress(host))
                result.AddError($"--host is '{host}'; it must be an IP address, 'localhost' or '*'.");
        });
    }

    /// <exception cref="UsageException">A setting can't be used.</exception>
    public ServerOptions Read(ParseResult parsed)
    {
        var (api, kestrel) = ServerSettings.Read(parsed.GetValue(_settings));
        var host = parsed.GetRequiredValue(_host);
        ServerSettings.Check(() => ApiDoor.Check(api.Access, kestrel, host, IsLoopback(host)));
        return new(
            _store.Read(parsed) ?? StoreChoice.OfDirectory(DefaultDirectory),
            host,
            parsed.GetValue(_port),
            parsed.GetValue(_verbose),
            api,
            kestrel);
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsAddress(string host) => host is "*" or "+" or "localhost" || IPAddress.TryParse(host, out _);
}
