using Npgsql;
using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Storage.Postgres;

/// <summary>A database in PostgreSQL: its schema checked, its stores, one pool of connections for both.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly Seal _seal;
    private readonly EncryptionKeys? _keys;
    private readonly BulkGate _gate;

    private PostgresDatabase(NpgsqlDataSource source, Seal seal, EncryptionKeys? keys, int loadConnections)
    {
        (_source, _seal, _keys) = (source, seal, keys);
        _gate = new(PostgresConnection.PoolSizeOf(source), loadConnections);
        Shards = new PostgresShardStore(source, seal, _gate, loadConnections);
        Catalogue = new PostgresCatalogueStore(source);
    }

    /// <summary>Schema version that this program works with.</summary>
    public static int SchemaVersion => SchemaMigrations.Current;

    public IShardStore Shards { get; }

    public ICatalogueStore Catalogue { get; }

    /// <summary>Connects, brings the schema up to date if the options say so, and checks the keys.</summary>
    /// <exception cref="PostgresSchemaException">The schema does not fit this program.</exception>
    /// <exception cref="MissingKeyException">The database is encrypted and the keys do not fit.</exception>
    /// <exception cref="NpgsqlException">The server does not answer, or refuses the user.</exception>
    public static async Task<PostgresDatabase> OpenAsync(
        PostgresOptions options, CancellationToken cancellationToken = default)
    {
        var source = PostgresConnection.CreateSource(options.ConnectionString);
        var seal = new Seal(options.Keys);
        try
        {
            if (options.Migrate) await SchemaMigrations.ApplyAsync(source, cancellationToken);
            else await SchemaMigrations.CheckAsync(source, cancellationToken);
            await KeyProofs.CheckAsync(source, options.Keys, seal, cancellationToken);
            return new(source, seal, options.Keys, Math.Clamp(options.LoadConnections, 1, 16));
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection string with which Orleans' ADO.NET providers find their tables in this schema.</summary>
    public static string ForOrleans(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = "vectorcluster" }.ConnectionString;

    /// <summary>Where a connection string leads, for people: no password, no user.</summary>
    public static string Describe(string connectionString) => PostgresConnection.Describe(connectionString);

    /// <summary>Only brings the schema up to date.</summary>
    /// <param name="grantTo">A role that is to work with the tables; null: none.</param>
    /// <returns>The migrations applied.</returns>
    /// <exception cref="PostgresSchemaException">The schema is newer, or the user may not change it.</exception>
    public static async Task<IReadOnlyList<string>> MigrateAsync(
        string connectionString, string? grantTo = null, CancellationToken cancellationToken = default)
    {
        await using var source = PostgresConnection.CreateSource(connectionString);
        var applied = await SchemaMigrations.ApplyAsync(source, cancellationToken);
        if (grantTo is not null) await SchemaMigrations.GrantAsync(source, grantTo, cancellationToken);
        return applied;
    }

    /// <summary>Encrypts with the current key whatever is stored in the clear or under another key, beside running
    /// servers, which must write with the current key already.</summary>
    /// <returns>Rows that were written anew.</returns>
    /// <exception cref="InvalidOperationException">The database was opened without keys.</exception>
    /// <exception cref="KeyInUseException">A server still writes with another key.</exception>
    public Task<long> RekeyAsync(CancellationToken cancellationToken = default) => _keys is null
        ? throw new InvalidOperationException("Encrypting needs a key.")
        : new Rekeying(_source, _seal, _keys.CurrentId).RunAsync(cancellationToken);

    /// <summary>Keeps other processes from serving this database, or from serving it alone, until disposed.</summary>
    /// <param name="time">Null: the system's clock.</param>
    /// <exception cref="DatabaseInUseException">Another one serves it.</exception>
    public async Task<IAsyncDisposable> TakeLeaseAsync(
        LeaseKind kind = LeaseKind.Alone, TimeProvider? time = null, CancellationToken cancellationToken = default) =>
        await PostgresLease.TakeAsync(
            _source, kind, _keys?.CurrentId ?? 0, time ?? TimeProvider.System, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _gate.Dispose();
    }
}
