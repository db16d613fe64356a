using System.Diagnostics;

namespace VectorCluster.Tests.Postgres;

/// <summary>The folder of a throw-away server, and a process that clears up after this one.</summary>
/// <remarks>A test process can be killed at any moment. So a small shell script waits for the end of its own input,
/// which comes when this process ends in whatever way; it then stops the server and deletes the folder.</remarks>
internal sealed class ServerFolder : IAsyncDisposable
{
    /// <summary>Signals from the keyboard are for the tests; QUIT is PostgreSQL's immediate shutdown.</summary>
    private const string ClearUp = """
        trap '' INT TERM HUP
        exec >/dev/null 2>&1
        cat
        if [ -f "$1/data/postmaster.pid" ]; then
          read -r pid <"$1/data/postmaster.pid"
          if tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF "$1/data"; then
            kill -QUIT "$pid"
            for _ in $(seq 100); do [ -d "/proc/$pid" ] || break; sleep 0.1; done
            kill -KILL "$pid"
          fi
        fi
        rm -rf "$1"
        """;

    private readonly Process _clearUp;

    private ServerFolder(string path, Process clearUp) => (Path, _clearUp) = (path, clearUp);

    public string Path { get; }

    /// <summary>The server's files: it makes them itself.</summary>
    public string Data => System.IO.Path.Join(Path, "data");

    public string LogFile => System.IO.Path.Join(Path, "log");

    /// <param name="owner">The user that the server runs as; null: the one of this process.</param>
    public static async Task<ServerFolder> CreateAsync(string? owner)
    {
        var path = Directory.CreateTempSubdirectory("vectorcluster-pg-").FullName;
        var start = new ProcessStartInfo("/bin/sh", ["-c", ClearUp, "sh", path])
        {
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        var folder = new ServerFolder(path, Process.Start(start)!);
        if (owner is not null) await Command.RunAsync("chown", owner, path);
        return folder;
    }

    /// <summary>Deletes the folder; a server that still runs in it is stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        _clearUp.StandardInput.Close();
        await _clearUp.WaitForExitAsync();
        _clearUp.Dispose();
    }
}
