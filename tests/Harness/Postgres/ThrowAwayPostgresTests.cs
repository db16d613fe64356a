using System.Diagnostics;
using Npgsql;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Harness.Tests.Postgres;

public sealed class ThrowAwayPostgresTests
{
    [OwnPostgresFact]
    public async Task What_was_committed_is_there_after_kill_9_and_no_process_is_left()
    {
        await using var server = await ThrowAwayPostgres.CreateAsync();
        await server.CreateDatabaseAsync("things");
        await using var source = NpgsqlDataSource.Create(server.ConnectionString("things"));
        await RunAsync(source, "CREATE TABLE kept (number integer)");
        await RunAsync(source, "INSERT INTO kept VALUES (7)");
        var processes = ProcessesOf(server);

        await server.KillAsync();

        Assert.True(processes.Count > 3, "The checkpointer, the writers and the session are processes too.");
        Assert.All(processes, process => Assert.False(IsAlive(process)));
        Assert.False(server.IsRunning);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => RunAsync(source, "SELECT 1"));

        await server.StartAsync();
        source.Clear();
        Assert.Equal(7, await RunAsync(source, "SELECT number FROM kept"));
        Assert.Contains("database system was interrupted", server.Log, StringComparison.Ordinal);
    }

    [OwnPostgresFact]
    public async Task A_restart_is_clean_and_keeps_the_data()
    {
        await using var server = await ThrowAwayPostgres.CreateAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());
        await RunAsync(source, "CREATE TABLE kept AS SELECT 8 AS number");

        await server.RestartAsync();

        source.Clear();
        Assert.Equal(8, await RunAsync(source, "SELECT number FROM kept"));
        Assert.DoesNotContain("database system was interrupted", server.Log, StringComparison.Ordinal);
    }

    [OwnPostgresFact]
    public async Task It_listens_on_a_port_and_takes_settings_if_told_so()
    {
        var settings = new Dictionary<string, string> { ["shared_buffers"] = "48MB", ["fsync"] = "off" };
        await using var server =
            await ThrowAwayPostgres.CreateAsync(new() { ListensOnTcp = true, Settings = settings });
        await using var source = NpgsqlDataSource.Create(server.ConnectionString(tcpPort: server.Port));

        Assert.Equal("48MB", await RunAsync(source, "SHOW shared_buffers"));
        Assert.Equal("off", await RunAsync(source, "SHOW fsync"));
    }

    [OwnPostgresFact]
    public async Task Defaults_are_those_of_PostgreSQL_and_no_port_is_open()
    {
        await using var server = await ThrowAwayPostgres.CreateAsync();
        await using var source = NpgsqlDataSource.Create(server.ConnectionString());

        Assert.Equal("on", await RunAsync(source, "SHOW fsync"));
        Assert.Equal("", await RunAsync(source, "SHOW listen_addresses"));
        Assert.Equal("UTF8", await RunAsync(source, "SHOW server_encoding"));
        Assert.Equal("C", await RunAsync(source, "SHOW lc_messages"));
    }

    [OwnPostgresFact]
    public async Task Nothing_is_left_after_disposal_whether_it_ran_or_was_killed()
    {
        var folders = new List<string>();
        foreach (var isKilled in (bool[])[false, true])
        {
            var server = await ThrowAwayPostgres.CreateAsync();
            folders.Add(Path.GetDirectoryName(server.SocketEndPoint.ToString())!);
            var processes = ProcessesOf(server);
            if (isKilled) await server.KillAsync();
            Assert.True(Directory.Exists(folders[^1]));

            await server.DisposeAsync();

            Assert.False(Directory.Exists(folders[^1]));
            Assert.All(processes, process => Assert.False(IsAlive(process)));
        }
    }

    [OwnPostgresFact]
    public async Task A_setting_that_PostgreSQL_refuses_is_told_with_its_log()
    {
        var settings = new Dictionary<string, string> { ["no_such_setting"] = "1" };

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ThrowAwayPostgres.CreateAsync(new() { Settings = settings }));

        Assert.Contains("no_such_setting", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_to_install_is_said_in_one_sentence()
    {
        Assert.Contains("apt-get install postgresql", PostgresPrograms.MissingMessage, StringComparison.Ordinal);
        Assert.Contains(PostgresServer.Variable, PostgresPrograms.MissingMessage, StringComparison.Ordinal);
        if (PostgresPrograms.Folder is null)
            Assert.Throws<InvalidOperationException>(() => PostgresPrograms.RequiredFolder);
    }

    private static async Task<object?> RunAsync(NpgsqlDataSource source, string statement)
    {
        await using var command = source.CreateCommand(statement);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>All processes whose working directory is the server's.</summary>
    private static List<string> ProcessesOf(ThrowAwayPostgres server)
    {
        var data = Path.Join(Path.GetDirectoryName(server.SocketEndPoint.ToString()), "data");
        return [.. Directory.EnumerateDirectories("/proc").Where(process => WorkingDirectoryOf(process) == data)];
    }

    private static string? WorkingDirectoryOf(string process)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Join(process, "cwd"), returnFinalTarget: false)?.FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // it ended, or is somebody else's
        }
    }

    private static bool IsAlive(string process) => WorkingDirectoryOf(process) is not null;
}
