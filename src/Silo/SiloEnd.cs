using System.Diagnostics;
using Orleans.Runtime;

namespace VectorCluster.Silo;

/// <summary>Ends a process whose silo can't go on: the others have declared it dead, mostly because it stood still for
/// a while, and have its shards.</summary>
/// <remarks>At once, without stopping: there is nothing that it could still do for anybody. Its shards are others', and
/// what it would write is refused. Orleans itself would wait two seconds more, serving HTTP, and abort.</remarks>
internal sealed class SiloEnd : IFatalErrorHandler
{
    /// <summary>Told apart from a setting that can't be used (2), and from signals.</summary>
    public const int ExitCode = 3;

    /// <summary>For handlers at the end of the process, which may hang on a network that is away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private int _isEnding;
    private ITimer? _kill;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _isEnding, 1) != 0) return;
        Console.Error.WriteLine($"vectorcluster-silo: this silo can't go on and ends: {context} {exception}".TrimEnd());
        _kill = TimeProvider.System.CreateTimer(
            static _ => Process.GetCurrentProcess().Kill(), state: null, Patience, Timeout.InfiniteTimeSpan);
        Environment.Exit(ExitCode);
    }
}
