using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Npgsql;
using VectorCluster.Docs.Tests.Documents;
using VectorCluster.Repository.Tests;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Docs.Tests.Shell;

/// <summary>What stands for the machine of a reader who types what a document says: a folder of its own, the programs
/// on the PATH, free ports for those that the document names, and PostgreSQL for its <c>db.example</c>.</summary>
internal sealed partial class ReadersMachine : IAsyncDisposable
{
    private const string DatabaseHost = "db.example";

    private static readonly int[] DocumentedPorts = [6333, 6334, 6335, 11111, 11112, 11113, 30000, 30001, 30002, 4317];

    /// <summary>Settings of whoever runs the tests; they are not the reader's.</summary>
    private static readonly string[] ForeignVariables =
        ["VectorCluster__", "VECTORCLUSTER_", "Kestrel__", "OTEL_", "MSBUILD", "VSTEST", "PG"];

    private readonly Dictionary<int, int> _ports;
    private readonly ThrowAwayPostgres? _postgres;

    private ReadersMachine(string folder, Dictionary<int, int> ports, ThrowAwayPostgres? postgres) =>
        (Folder, _ports, _postgres) = (folder, ports, postgres);

    public string Folder { get; }

    /// <summary>Where the silo was built; null: it was not, as where Orleans' packages can't be had.</summary>
    public static string? Silo
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory); // tests/Docs/bin/CONFIGURATION/FRAMEWORK
            var silo = Path.Join(
                Checkout.Root, "src/Silo/bin", here.Parent!.Name, here.Name, "vectorcluster-silo.dll");
            return File.Exists(silo) ? silo : null;
        }
    }

    public static bool NeedsPostgres(CodeBlock block) =>
        block.Language == "sql" || block.Text.Contains(DatabaseHost, StringComparison.Ordinal);

    public static async Task<ReadersMachine> CreateAsync(bool withPostgres)
    {
        var folder = Directory.CreateTempSubdirectory("vectorcluster-docs-").FullName;
        var postgres = withPostgres ? await ThrowAwayPostgres.CreateAsync() : null;
        var machine = new ReadersMachine(folder, FreePorts(), postgres);
        machine.WritePrograms();
        return machine;
    }

    /// <summary>What a document says, said of this machine.</summary>
    public string Translate(string text)
    {
        text = text.Replace("/etc/vectorcluster", Path.Join(Folder, "etc"), StringComparison.Ordinal)
            .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
        if (_postgres is not null)
            text = text.Replace(
                DatabaseHost,
                new NpgsqlConnectionStringBuilder(_postgres.ConnectionString()).Host,
                StringComparison.Ordinal);
        return Number().Replace(
            text,
            match => _ports.TryGetValue(int.Parse(match.Value, CultureInfo.InvariantCulture), out var port)
                ? $"{port}"
                : match.Value);
    }

    public void SetUp(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.ToList())
            if (ForeignVariables.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                environment.Remove(name);
        string[] path = [Path.Join(Folder, "bin"), environment["PATH"] ?? "", PostgresPrograms.Folder ?? ""];
        environment["PATH"] = string.Join(':', path.Where(entry => entry.Length > 0));
        environment["XDG_STATE_HOME"] = Path.Join(Folder, "state");
        environment["VectorCluster__HttpPort"] = $"{_ports[6333]}";
        environment["VectorCluster__SiloPort"] = $"{_ports[11111]}";
        environment["VectorCluster__GatewayPort"] = $"{_ports[30000]}";
        environment["MSBUILDDISABLENODEREUSE"] = "1"; // nothing is to stay behind
        environment["DOTNET_NOLOGO"] = "1";
    }

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null) await _postgres.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static Dictionary<int, int> FreePorts()
    {
        var listeners = DocumentedPorts.Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners) listener.Start();
        var ports = DocumentedPorts.Zip(listeners, (documented, listener) =>
            (documented, ((IPEndPoint)listener.LocalEndpoint).Port)).ToDictionary();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    /// <summary>The programs as a reader has them, but for their default port, and curl so that it fails where the
    /// answer is an error.</summary>
    private void WritePrograms()
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var port = _ports[6333];
        WriteProgram(
            "bin/vectorcluster",
            $$"""
            case "$1 ${2-}" in
              serve\ * | demo\ *) option=--port value={{port}} ;;
              import\ * | export\ * | query\ * | "admin cluster" | "admin shards" | "admin moves" | "admin move" \
                | "admin drain") option=--url value=http://127.0.0.1:{{port}} ;;
              *) option= ;;
            esac
            case " $* " in *" --help "* | *" --port "* | *" --url "*) option= ;; esac
            exec '{{dotnet}}' '{{Path.Join(AppContext.BaseDirectory, "vectorcluster.dll")}}' "$@" ${option:+$option $value}
            """);
        if (Silo is not null) WriteProgram("bin/vectorcluster-silo", $"exec '{dotnet}' '{Silo}' \"$@\"");
        WriteProgram("bin/curl", "exec \"$(PATH=${PATH#*:} command -v curl)\" --fail-with-body --retry 0 \"$@\"");
        WriteProgram(
            "run.sh",
            $"""
            case " $* " in *" --port "*) ;; *) set -- "$@" --port {port} ;; esac
            exec '{Path.Join(Checkout.Root, "run.sh")}' "$@"
            """);
        foreach (var folder in new[] { "deploy", "samples" })
            Directory.CreateSymbolicLink(Path.Join(Folder, folder), Path.Join(Checkout.Root, folder));
    }

    private void WriteProgram(string name, string text)
    {
        var path = Path.Join(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{text}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(
                path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [GeneratedRegex(@"(?<![\d.])\d{4,5}(?![\d.])", RegexOptions.None, 5_000)]
    private static partial Regex Number();
}
