using System.Globalization;

namespace VectorCluster.Tests.Postgres;

/// <summary>Other processes, as /proc shows them.</summary>
internal static class LinuxProcesses
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<int> ChildrenOf(int processId)
    {
        var children = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id)
                && Stat(id) is var (_, parent) && parent == processId)
                children.Add(id);
        return children;
    }

    /// <summary>Gone, or a zombie: it holds no memory, file or socket any more.</summary>
    public static bool IsGone(int processId) => Stat(processId) is null or { State: 'Z' or 'X' };

    public static bool IsStoppedOrGone(int processId) => IsGone(processId) || Stat(processId) is { State: 'T' };

    /// <summary>Sends a signal; processes that are gone are no error.</summary>
    /// <param name="signal">Without SIG: KILL.</param>
    public static Task SignalAsync(string signal, params IReadOnlyList<int> processIds) => Command.RunAsync(
        "/bin/sh",
        ["-c", "kill -\"$@\" 2>/dev/null; true", "sh", signal,
            .. processIds.Select(id => id.ToString(CultureInfo.InvariantCulture))]);

    public static async Task WaitAsync(Func<bool> isTrue, string what)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (!isTrue())
        {
            if (TimeProvider.System.GetElapsedTime(startedAt) > Patience) throw new TimeoutException(what);
            await Task.Delay(Interval, TimeProvider.System);
        }
    }

    /// <returns>Null: there is no such process.</returns>
    private static (char State, int Parent)? Stat(int processId)
    {
        try
        {
            // "pid (name) state parent ...", and the name may have spaces and parentheses of its own.
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null; // also when it ends while it is read
        }
    }
}
