using System.Diagnostics;
using System.Globalization;

namespace VectorCluster.Storage.Tests.Owners;

/// <summary>A process that plays an owner (tests/Owner), and the history it leaves.</summary>
internal sealed class OwnerProcess : IAsyncDisposable
{
    /// <summary>Nothing here takes as long on a machine that works.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);

    private readonly Process _process;

    private OwnerProcess(Process process, string history) => (_process, History) = (process, history);

    public string History { get; }

    /// <param name="folder">Where its history goes.</param>
    /// <param name="name">Unique in the test.</param>
    /// <param name="store">--data or --postgres, with its value.</param>
    public static OwnerProcess Start(string folder, string name, int seed, params IReadOnlyList<string> store)
    {
        var history = Path.Join(folder, name + ".jsonl");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        List<string> arguments =
        [
            Path.Join(AppContext.BaseDirectory, "VectorCluster.Tests.Owner.dll"), .. store, "--collection", "docs",
            "--seed", seed.ToString(CultureInfo.InvariantCulture), "--history", history, "--name", name,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0"; // it lives for a second; a fast start counts
        return new(Process.Start(start)!, history);
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    public async Task<string> SendAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        return await _process.StandardOutput.ReadLineAsync(patience.Token)
            ?? throw new InvalidOperationException($"The owner ended at '{command}'.");
    }

    /// <summary>Sends a command and kills the process (kill -9) once its history has grown by some bytes, or the
    /// command is done.</summary>
    public async Task KillDuringAsync(string command, int bytes)
    {
        var size = HistorySize();
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        var answer = _process.StandardOutput.ReadLineAsync();
        while (!answer.IsCompleted && HistorySize() - size < bytes) await Task.Delay(Interval, TimeProvider.System);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        await _process.WaitForExitAsync(patience.Token);
        _process.Dispose();
    }

    /// <summary>Before its first command a process may not have made the file yet.</summary>
    private long HistorySize() => File.Exists(History) ? new FileInfo(History).Length : 0;
}
