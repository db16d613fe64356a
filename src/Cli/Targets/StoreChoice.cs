using VectorCluster.Embedded;
using VectorCluster.Storage;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Cli;

/// <summary>Where a database is kept: a data directory, or PostgreSQL.</summary>
internal abstract record StoreChoice
{
    /// <summary>The absolute path, or server and database without user and password.</summary>
    public abstract string Name { get; }

    public abstract Task<DatabaseStores> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Takes what looks like a connection string for one, and all else for a directory.</summary>
    /// <exception cref="UsageException">Keys were given for a directory, or it is neither.</exception>
    /// <param name="migrate">Whether opening brings PostgreSQL's schema up to date.</param>
    public static StoreChoice Parse(string text, EncryptionKeys? keys, bool migrate = true) =>
        text.Contains('=', StringComparison.Ordinal) && !Directory.Exists(text)
            ? OfPostgres(text, keys, migrate)
            : OfDirectory(text, keys);

    public static StoreChoice OfPostgres(string connectionString, EncryptionKeys? keys, bool migrate = true)
    {
        var options = new PostgresOptions { ConnectionString = connectionString, Keys = keys, Migrate = migrate };
        try
        {
            return new InPostgres(options, options.ToString());
        }
        catch (ArgumentException)
        {
            throw new UsageException(
                "The connection string is not one of Npgsql's, such as \"Host=db;Database=vectors;Username=me\".");
        }
    }

    public static StoreChoice OfDirectory(string directory, EncryptionKeys? keys = null) => keys is null
        ? new InDirectory(directory)
        : throw new UsageException("Encryption keys are for PostgreSQL; a data directory is not encrypted.");

    private sealed record InDirectory(string Directory) : StoreChoice
    {
        public override string Name => Path.GetFullPath(Directory);

        public override Task<DatabaseStores> OpenAsync(CancellationToken cancellationToken) =>
            Task.FromResult(DatabaseStores.OpenFiles(Directory));
    }

    private sealed record InPostgres(PostgresOptions Options, string Where) : StoreChoice
    {
        public override string Name => Where;

        public override Task<DatabaseStores> OpenAsync(CancellationToken cancellationToken) =>
            DatabaseStores.OpenPostgresAsync(Options, cancellationToken: cancellationToken);
    }
}
