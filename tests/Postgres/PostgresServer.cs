using System.Globalization;
using Npgsql;

namespace VectorCluster.Tests.Postgres;

/// <summary>A server that gives every test a database of its own.</summary>
/// <remarks>The first database is migrated; the others are copies of it, which takes a tenth of the time.</remarks>
public sealed class PostgresServer
{
    /// <summary>Environment variable with the connection string of a server to use instead of a throw-away one. Its
    /// user must be allowed to create databases.</summary>
    public const string Variable = "VECTORCLUSTER_TEST_POSTGRES";

    private static readonly Lazy<Task<PostgresServer>> SharedServer = new(StartSharedAsync);

    private readonly ThrowAwayPostgres? _own;
    private readonly string _administration;
    private readonly Dictionary<Func<string, Task>, Task<string>> _templates = [];
    private readonly Lock _gate = new();

    /// <param name="own">Stays the caller's to dispose.</param>
    public PostgresServer(ThrowAwayPostgres own) => (_own, _administration) = (own, own.ConnectionString());

    /// <param name="connectionString">Of a server that lives longer than this process. Databases made here are gone
    /// when it ends.</param>
    public PostgresServer(string connectionString)
    {
        _administration = connectionString;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => DropTemplates();
    }

    /// <summary>Connection string of the server in <see cref="Variable"/>; null: none is named.</summary>
    public static string? Named => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;

    internal bool IsReachable => _own is null or { IsRunning: true };

    /// <summary>The one server of this process, started at the first call: the named one, else a throw-away one that
    /// goes with the process.</summary>
    /// <exception cref="InvalidOperationException">No server is named, and PostgreSQL is not installed.</exception>
    public static Task<PostgresServer> SharedAsync() => SharedServer.Value;

    /// <summary>An empty database that went through <paramref name="migrate"/>.</summary>
    /// <param name="migrate">Gets a connection string. Runs once for each server and delegate, so pass the same one
    /// each time: a static method.</param>
    public async Task<TestDatabase> CreateDatabaseAsync(Func<string, Task> migrate)
    {
        Task<string> template;
        lock (_gate)
        {
            if (!_templates.TryGetValue(migrate, out template!))
                _templates.Add(migrate, template = CreateTemplateAsync(migrate));
        }

        return await CreateAsync(await template);
    }

    /// <summary>A database without anything in it.</summary>
    public Task<TestDatabase> CreateDatabaseAsync() => CreateAsync("template0");

    internal string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(_administration) { Database = database }.ConnectionString;

    internal async Task DropAsync(string database)
    {
        await using var administrator = NpgsqlDataSource.Create(_administration);
        await administrator.RunAsync($"DROP DATABASE IF EXISTS {Sql.Name(database)} WITH (FORCE)");
    }

    private static async Task<PostgresServer> StartSharedAsync() =>
        Named is { } connectionString
            ? new(connectionString)
            : new(await ThrowAwayPostgres.CreateAsync()); // never disposed: its folder's script does that

    /// <summary>Other processes may use the same server, so a name must be nobody else's.</summary>
    private static string NewName(string purpose) =>
        string.Create(CultureInfo.InvariantCulture, $"vectorcluster_{purpose}_{Guid.NewGuid():N}");

    private async Task<TestDatabase> CreateAsync(string template)
    {
        var name = NewName("test");
        await using var administrator = NpgsqlDataSource.Create(_administration);
        await administrator.RunAsync($"CREATE DATABASE {Sql.Name(name)} TEMPLATE {Sql.Name(template)}");
        return new(this, name);
    }

    private async Task<string> CreateTemplateAsync(Func<string, Task> migrate)
    {
        var name = NewName("template");
        await using var administrator = NpgsqlDataSource.Create(_administration);
        await administrator.RunAsync($"CREATE DATABASE {Sql.Name(name)} TEMPLATE template0");
        try
        {
            await migrate(ConnectionString(name));

            // A database is copied only while nobody is connected to it, and pools outlive the migration.
            await administrator.RunAsync($"ALTER DATABASE {Sql.Name(name)} ALLOW_CONNECTIONS false");
            await administrator.RunAsync(
                $"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'");
            return name;
        }
        catch
        {
            await DropAsync(name);
            throw;
        }
    }

    private void DropTemplates()
    {
        foreach (var template in _templates.Values)
            if (template.IsCompletedSuccessfully) DropAsync(template.Result).GetAwaiter().GetResult();
    }
}
