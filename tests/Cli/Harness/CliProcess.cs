using System.Diagnostics;
using System.Text;

namespace VectorCluster.Cli.Tests;

/// <summary>One run of the program, as a process of its own, with all it printed.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    /// <summary>Nothing here takes as long on a machine that works.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private bool _isDisposed;

    private CliProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Error => Read(_error);

    public bool HasExited => _process.HasExited;

    /// <param name="state">Where imports keep how far they got.</param>
    public static CliProcess Start(string state, params IReadOnlyList<string> arguments) =>
        Start(state, environment: [], arguments);

    public static CliProcess Start(
        string state, IReadOnlyList<(string Name, string Value)> environment, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Join(AppContext.BaseDirectory, "vectorcluster.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["XDG_STATE_HOME"] = state;
        start.Environment["DOTNET_gcServer"] = "0";
        return new(new Process { StartInfo = start });
    }

    /// <summary>Runs to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string state, params IReadOnlyList<string> arguments) =>
        await RunAsync(state, environment: [], arguments);

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string state, IReadOnlyList<(string Name, string Value)> environment, IReadOnlyList<string> arguments)
    {
        await using var process = Start(state, environment, arguments);
        var exitCode = await process.WaitForExitAsync();
        return (exitCode, process.Output, process.Error);
    }

    public async Task<int> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>The part of the output after a text, up to the line's end, once it is there.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        await Eventually.TrueAsync(
            () => Output.Contains(text, StringComparison.Ordinal) || _process.HasExited,
            () => $"'{text}' did not come.\n{Output}\n{Error}");
        var output = Output;
        var at = output.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0, $"The program ended without '{text}'.\n{output}\n{Error}");
        return output[(at + text.Length)..].Split('\n')[0];
    }

    /// <summary>kill -9: the process gets no say.</summary>
    public async Task KillAsync()
    {
        Kill();
        await WaitForExitAsync();
    }

    /// <summary>kill -9, without waiting. No error if the process is gone.</summary>
    public void Kill()
    {
        if (!_isDisposed && !_process.HasExited) _process.Kill();
    }

    /// <param name="signal">INT or TERM.</param>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        await KillAsync();
        _isDisposed = true;
        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.Append(line).Append('\n');
    }

    private static string Read(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
