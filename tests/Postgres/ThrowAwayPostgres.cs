using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace VectorCluster.Tests.Postgres;

/// <summary>A PostgreSQL server of one's own in a temporary folder: it can be killed, and it leaves nothing
/// behind.</summary>
/// <remarks>
/// <para>Reached through a Unix socket in its folder, so that servers never compete for a port. Everybody who reaches
/// the socket is let in as the superuser <see cref="User"/>.</para>
/// <para>PostgreSQL refuses to run as root; where the tests do, it runs as the user that its packages make.</para>
/// <para>Not for calls at the same time.</para>
/// </remarks>
public sealed class ThrowAwayPostgres : IAsyncDisposable
{
    public const string User = "postgres";

    /// <summary>Names the Unix socket; nothing listens on that port of the machine.</summary>
    private const int SocketPort = 5432;

    /// <summary>Recovery after a kill reads the log since the last checkpoint: some seconds at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly PostgresOptions _options;
    private readonly ServerFolder _folder;
    private Process? _postmaster;

    private ThrowAwayPostgres(PostgresOptions options, ServerFolder folder)
    {
        (_options, _folder) = (options, folder);
        Port = options.ListensOnTcp ? FreePort() : SocketPort;
    }

    public bool IsRunning => _postmaster is { HasExited: false };

    /// <summary>Loopback TCP port, if it listens on one.</summary>
    public int Port { get; }

    /// <summary>Where it listens, as a target for <see cref="TcpProxy"/>.</summary>
    public EndPoint SocketEndPoint => new UnixDomainSocketEndPoint(
        Path.Join(_folder.Path, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{Port}")));

    /// <summary>What the server has logged.</summary>
    public string Log => File.Exists(_folder.LogFile) ? File.ReadAllText(_folder.LogFile) : "";

    private static string? OtherUser => Environment.IsPrivilegedProcess ? User : null;

    /// <summary>Makes a server and starts it.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL is not installed, or did not start; the message says
    /// which.</exception>
    public static async Task<ThrowAwayPostgres> CreateAsync(
        PostgresOptions? options = null, CancellationToken cancellationToken = default)
    {
        var programs = PostgresPrograms.RequiredFolder;
        var folder = await ServerFolder.CreateAsync(OtherUser);
        var server = new ThrowAwayPostgres(options ?? new(), folder);
        try
        {
            // no-sync: nothing is in there yet that a crash of the machine could take.
            var (program, arguments) = AsServerUser(
                Path.Join(programs, "initdb"),
                ["-D", folder.Data, "-U", User, "--auth=trust", "--no-locale", "--encoding=UTF8", "--no-sync"]);
            await Command.RunAsync(program, arguments);
            await server.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Through the Unix socket, or through TCP at a port: the server's own or a proxy's.</summary>
    public string ConnectionString(string database = "postgres", int? tcpPort = null) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = tcpPort is null ? _folder.Path : "127.0.0.1",
            Port = tcpPort ?? Port,
            Username = User,
            Database = database,
            SslMode = SslMode.Disable, // neither it nor GSS is set up; asking would cost round trips
            GssEncryptionMode = GssEncryptionMode.Disable,
            IncludeErrorDetail = true,
        }.ConnectionString;

    /// <param name="template">A database that nobody is connected to.</param>
    public async Task CreateDatabaseAsync(
        string name, string template = "template0", CancellationToken cancellationToken = default)
    {
        await using var administrator = NpgsqlDataSource.Create(ConnectionString());
        await administrator.RunAsync(
            $"CREATE DATABASE {Sql.Name(name)} TEMPLATE {Sql.Name(template)}", cancellationToken);
    }

    /// <summary>Starts it, after a stop or a kill, and returns once it accepts connections.</summary>
    /// <exception cref="InvalidOperationException">It ended at once; the message has its log.</exception>
    /// <exception cref="TimeoutException">It accepts no connections.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (IsRunning) return;
        _postmaster?.Dispose();
        _postmaster = Process.Start(StartInfo())!;
        var startedAt = TimeProvider.System.GetTimestamp();
        var unpooled = new NpgsqlConnectionStringBuilder(ConnectionString()) { Pooling = false }.ConnectionString;
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(unpooled);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException exception)
            {
                if (!IsRunning) throw new InvalidOperationException($"PostgreSQL did not start.\n{Log}", exception);
                if (TimeProvider.System.GetElapsedTime(startedAt) > Patience)
                    throw new TimeoutException($"PostgreSQL accepts no connections.\n{Log}", exception);
            }

            await Task.Delay(Interval, TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Fast shutdown: sessions are cut off, what was committed is checkpointed.</summary>
    public async Task StopAsync()
    {
        if (!IsRunning) return;
        await LinuxProcesses.SignalAsync("INT", _postmaster!.Id);
        await _postmaster.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
    }

    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync();
        await StartAsync(cancellationToken);
    }

    /// <summary>kill -9 of the server's every process. They are gone on return, and so are the traces that would keep
    /// the server from starting again.</summary>
    public async Task KillAsync()
    {
        if (!IsRunning) return;
        var postmaster = _postmaster!.Id;

        // Stopped first, so that it forks no process after its children were listed.
        await LinuxProcesses.SignalAsync("STOP", postmaster);
        await LinuxProcesses.WaitAsync(() => LinuxProcesses.IsStoppedOrGone(postmaster), "PostgreSQL did not stop.");
        var children = LinuxProcesses.ChildrenOf(postmaster);
        await LinuxProcesses.SignalAsync("KILL", [postmaster, .. children]);
        await _postmaster.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
        await LinuxProcesses.WaitAsync(() => children.All(LinuxProcesses.IsGone), "PostgreSQL's processes live on.");
        await RemoveTracesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            await _folder.DisposeAsync();
            _postmaster?.Dispose();
        }
    }

    private static (string Program, IReadOnlyList<string> Arguments) AsServerUser(
        string program, IReadOnlyList<string> arguments) =>
        OtherUser is { } user
            ? ("setpriv", ["--reuid", user, "--regid", user, "--init-groups", program, .. arguments])
            : (program, arguments);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private ProcessStartInfo StartInfo()
    {
        List<string> settings =
        [
            $"listen_addresses={(_options.ListensOnTcp ? "127.0.0.1" : "")}",
            string.Create(CultureInfo.InvariantCulture, $"port={Port}"),
            $"unix_socket_directories={_folder.Path}",
            "dynamic_shared_memory_type=mmap", // files in the folder, which go with it
            .. _options.Settings.Select(setting => $"{setting.Key}={setting.Value}"),
        ];
        var (program, arguments) = AsServerUser(
            Path.Join(PostgresPrograms.RequiredFolder, "postgres"),
            ["-D", _folder.Data, .. settings.SelectMany(setting => (string[])["-c", setting])]);

        // exec all the way, so that the process started here is the postmaster; and none of its files are this
        // process's, or whoever waits for the end of this one's output would wait for the server.
        const string Script = """log=$1; shift; exec "$@" </dev/null >>"$log" 2>&1""";
        return new("/bin/sh", ["-c", Script, "sh", _folder.LogFile, program, .. arguments]) { WorkingDirectory = "/" };
    }

    /// <summary>The lock file, whose process id may belong to somebody else by the next start, and the little block of
    /// shared memory that says that the folder is in use.</summary>
    private async Task RemoveTracesAsync()
    {
        var lockFile = Path.Join(_folder.Data, "postmaster.pid");
        if (!File.Exists(lockFile)) return;
        var lines = await File.ReadAllLinesAsync(lockFile);
        const int SharedMemoryLine = 6; // key and id
        if (lines.Length > SharedMemoryLine)
        {
            var sharedMemory = lines[SharedMemoryLine].Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1];
            await Command.RunAsync("/bin/sh", "-c", "ipcrm -m \"$1\" 2>/dev/null; true", "sh", sharedMemory);
        }

        File.Delete(lockFile);
    }
}
