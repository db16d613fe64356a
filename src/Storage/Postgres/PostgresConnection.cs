using System.Globalization;
using Npgsql;

namespace VectorCluster.Storage.Postgres;

/// <summary>Makes the pool of connections that everything here shares.</summary>
internal static class PostgresConnection
{
    private const int Pool = 32; // appends are short, and bulk work is bounded by BulkGate

    // Each of 16 partitions has its own text of some dozen statements.
    private const int PreparedStatements = 256;
    private const int BulkSeconds = 600;
    private const int BufferBytes = 64 * 1024;
    private const int NpgsqlDefaultBuffer = 8 * 1024;

    // Whatever the defaults of the server, the database or the role are: an acknowledged write is on the disk (stronger
    // settings stay), and a statement that has waited for a row sees what the other one did.
    private const string SessionSettings =
        """
        SELECT set_config('default_transaction_isolation', 'read committed', false),
            set_config(
                'synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), false)
        """;

    /// <exception cref="ArgumentException">The text is not a connection string.</exception>
    public static NpgsqlDataSource CreateSource(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        var settings = builder.ConnectionStringBuilder;
        settings.ApplicationName ??= "vectorcluster";
        if (!IsNamed(connectionString, "Max Auto Prepare", "MaxAutoPrepare"))
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (PreparedStatements, 2);
        if (!IsNamed(connectionString, "Maximum Pool Size", "Max Pool Size", "MaxPoolSize"))
            settings.MaxPoolSize = Pool;
        if (settings.ReadBufferSize == NpgsqlDefaultBuffer) settings.ReadBufferSize = BufferBytes;
        if (settings.WriteBufferSize == NpgsqlDefaultBuffer) settings.WriteBufferSize = BufferBytes;
        settings.NoResetOnClose = true; // the reset would undo the session's settings; transactions end all the same
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(SessionSettings, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(SessionSettings, connection);
                await command.ExecuteNonQueryAsync();
            });
        return builder.Build();
    }

    /// <summary>Timeout of a statement that deletes a shard's pages, of which there may be millions; it would begin
    /// anew with each retry, and never end.</summary>
    /// <param name="timeout">Of other statements, in seconds; 0: none.</param>
    public static int BulkTimeout(int timeout) => timeout == 0 ? 0 : Math.Max(timeout, BulkSeconds);

    public static int PoolSizeOf(NpgsqlDataSource source) =>
        new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxPoolSize;

    /// <summary>Where a connection string leads, for people: no password, no user.</summary>
    /// <exception cref="ArgumentException">The text is not a connection string. The message quotes nothing of it: what
    /// is malformed may be the password.</exception>
    public static string Describe(string connectionString)
    {
        var settings = Parse(connectionString);
        var port = settings.Port == NpgsqlConnection.DefaultPort
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $":{settings.Port}");
        return $"PostgreSQL database '{settings.Database ?? settings.Username}' at {settings.Host}{port}";
    }

    private static bool IsNamed(string connectionString, params ReadOnlySpan<string> names)
    {
        var written = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = connectionString };
        foreach (var name in names)
            if (written.ContainsKey(name)) return true;
        return false;
    }

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);

            // libpq's form, "host=db password=…", is all one host to Npgsql.
            if (settings.Host?.Contains('=', StringComparison.Ordinal) != true) return settings;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OverflowException)
        {
            // Said below, without what it quotes.
        }

        throw new ArgumentException("Not a connection string of Npgsql's.", nameof(connectionString));
    }
}
