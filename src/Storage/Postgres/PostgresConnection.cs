using Npgsql;

namespace VectorCluster.Storage.Postgres;

/// <summary>Makes the pool of connections that everything here shares.</summary>
internal static class PostgresConnection
{
    private const int NpgsqlDefaultPool = 100;
    private const int Pool = 32; // appends are short, and bulk work is bounded by BulkGate

    // Each of 16 partitions has its own text of some ten statements.
    private const int PreparedStatements = 192;
    private const int BufferBytes = 64 * 1024;
    private const int NpgsqlDefaultBuffer = 8 * 1024;

    // An acknowledged write is on the disk, whatever the server's default is; stronger settings stay.
    private const string DurableCommit =
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

    /// <exception cref="ArgumentException">The text is not a connection string.</exception>
    public static NpgsqlDataSource CreateSource(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        var settings = builder.ConnectionStringBuilder;
        settings.ApplicationName ??= "vectorcluster";
        if (settings.MaxAutoPrepare == 0) settings.MaxAutoPrepare = PreparedStatements;
        settings.AutoPrepareMinUsages = 2;
        if (settings.MaxPoolSize == NpgsqlDefaultPool) settings.MaxPoolSize = Pool;
        if (settings.ReadBufferSize == NpgsqlDefaultBuffer) settings.ReadBufferSize = BufferBytes;
        if (settings.WriteBufferSize == NpgsqlDefaultBuffer) settings.WriteBufferSize = BufferBytes;
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(DurableCommit, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(DurableCommit, connection);
                await command.ExecuteNonQueryAsync();
            });
        return builder.Build();
    }

    /// <summary>Where a connection string leads, for people: no password, no user.</summary>
    public static string Describe(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        return $"PostgreSQL database '{settings.Database ?? settings.Username}' at {settings.Host}";
    }
}
