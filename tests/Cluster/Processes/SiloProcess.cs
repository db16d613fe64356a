using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using VectorCluster.Client.Http;

namespace VectorCluster.Cluster.Tests.Processes;

/// <summary>A silo as a process of its own on loopback ports, and a client of its HTTP API.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string[] WholeNames = ["Kestrel__", "OTEL_", "VECTORCLUSTER_"];

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(ProcessStartInfo start, int siloPort, int gatewayPort)
    {
        (SiloPort, GatewayPort) = (siloPort, gatewayPort);
        _process = new() { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The silo ended."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    public int ProcessId => _process.Id;

    /// <summary>What it has written, errors included.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Of the HTTP API.</summary>
    public Uri Address { get; private set; } = null!; // set once the silo listens

    public VectorClusterHttpClient Http { get; private set; } = null!; // likewise

    /// <param name="settings">As in the section VectorCluster, besides the ports; and variables of Kestrel, of
    /// OpenTelemetry and of the engine by their whole names.</param>
    public static Task<SiloProcess> StartAsync(params IReadOnlyList<(string Key, string Value)> settings) =>
        StartWithKeyAsync(apiKey: null, settings);

    /// <param name="apiKey">Of the client.</param>
    public static async Task<SiloProcess> StartWithKeyAsync(
        string? apiKey, params IReadOnlyList<(string Key, string Value)> settings)
    {
        var ports = FreePorts(2);
        var start = StartInfo(
            [.. settings, ("HttpPort", "0"), ("SiloPort", $"{ports[0]}"), ("GatewayPort", $"{ports[1]}")]);
        var silo = new SiloProcess(start, ports[0], ports[1]);
        try
        {
            silo.Address = await silo._address.Task.WaitAsync(Patience, TimeProvider.System);
            silo.Http = VectorClusterHttpClient.Connect(silo.Address, apiKey);
            return silo;
        }
        catch (Exception exception)
        {
            await silo.DisposeAsync();
            throw new InvalidOperationException($"{exception.Message}\n{silo.Output}", exception);
        }
    }

    /// <summary>For settings with which a silo does not start.</summary>
    public static async Task<(int ExitCode, string Error)> RunAsync(
        params IReadOnlyList<(string Key, string Value)> settings)
    {
        using var process = Process.Start(StartInfo(settings))!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
        return (process.ExitCode, error);
    }

    /// <summary>kill -9: the process gets no say.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
    }

    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        return await WaitForExitAsync(Patience);
    }

    /// <summary>The process stands still, its connections open, until <see cref="ContinueAsync"/>.</summary>
    public Task StopAsync() => SignalAsync("STOP");

    public Task ContinueAsync() => SignalAsync("CONT");

    public async Task<int> WaitForExitAsync(TimeSpan patience)
    {
        await _process.WaitForExitAsync().WaitAsync(patience, TimeProvider.System);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Http?.Dispose();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
    }

    private static ProcessStartInfo StartInfo(IReadOnlyList<(string Key, string Value)> settings)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Join(AppContext.BaseDirectory, "vectorcluster-silo.dll"));
        foreach (var (key, value) in settings) start.Environment[VariableOf(key)] = value;
        return start;
    }

    private static string VariableOf(string key) =>
        Array.Exists(WholeNames, start => key.StartsWith(start, StringComparison.Ordinal))
            ? key
            : $"VectorCluster__{key}";

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.ConvertAll(listener => ((IPEndPoint)listener.LocalEndpoint).Port);
        foreach (var listener in listeners) listener.Dispose();
        return [.. ports];
    }

    private void Append(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        if (line.StartsWith("VectorCluster serves ", StringComparison.Ordinal))
            _address.TrySetResult(new(
                line[(line.LastIndexOf(' ') + 1)..].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)));
    }
}
