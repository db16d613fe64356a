using System.Diagnostics;

namespace VectorCluster.Docs.Tests.Shell;

/// <summary>A server as a process of its own that says where it listens, and a client of it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string Ready = "VectorCluster serves ";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringWriter _output = new();

    private ServerProcess(ProcessStartInfo start)
    {
        _process = new() { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException("The server ended."));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public HttpClient Http { get; } = new();

    /// <summary>Physical memory of the process, as the system counts it.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static async Task<ServerProcess> StartAsync(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        var server = new ServerProcess(start);
        try
        {
            server.Http.BaseAddress = await server._address.Task.WaitAsync(Patience, TimeProvider.System);
            return server;
        }
        catch (Exception exception)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"{exception.Message}\n{server._output}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Http.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_output) _output.WriteLine(line);
        if (line.StartsWith(Ready, StringComparison.Ordinal))
            _address.TrySetResult(new(line[(line.LastIndexOf(' ') + 1)..]));
    }
}
