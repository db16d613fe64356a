namespace VectorCluster.Storage.Postgres;

/// <summary>How to reach a database in PostgreSQL, 14 or newer, and how its bytes are kept there.</summary>
public sealed record PostgresOptions
{
    /// <summary>Npgsql's connection string, such as <c>Host=db;Database=vectors;Username=app;SSL Mode=VerifyFull</c>.
    /// Pool, buffers and prepared statements that it leaves at Npgsql's defaults get ones that suit bulk
    /// data.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Keys that records and pages are encrypted with; null: they are not encrypted.</summary>
    public EncryptionKeys? Keys { get; init; }

    /// <summary>Whether opening brings the schema up to this program's version. If not, an older schema is an
    /// error.</summary>
    /// <value>Default true. The user needs the right to create a schema and tables in the database then.</value>
    public bool Migrate { get; init; } = true;

    /// <summary>Connections that load one shard's checkpoint together.</summary>
    /// <value>1 to 16, default 2. One that is smaller than some 8 MiB always takes one.</value>
    public int LoadConnections { get; init; } = 2;

    /// <summary>Never the password.</summary>
    public override string ToString() => PostgresConnection.Describe(ConnectionString);
}
