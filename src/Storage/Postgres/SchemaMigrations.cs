using System.Globalization;
using System.Reflection;
using Npgsql;

namespace VectorCluster.Storage.Postgres;

/// <summary>Brings the schema <c>vectorcluster</c> up to this program's version: numbered scripts, each applied once, in
/// one transaction, under a lock that keeps other programs out.</summary>
internal static class SchemaMigrations
{
    private const long LockKey = 0x7665_6374_6F72_6D67; // "vectormg"
    private const string MissingTable = "42P01";
    private const string MissingSchema = "3F000";
    private const string NoPrivilege = "42501";

    private const string VersionTable =
        """
        CREATE SCHEMA IF NOT EXISTS vectorcluster;
        CREATE TABLE IF NOT EXISTS vectorcluster.schema_version (
            version integer PRIMARY KEY,
            name text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now())
        """;

    private static readonly IReadOnlyList<Migration> All = ReadAll();

    /// <summary>Version that this program works with.</summary>
    public static int Current => All[^1].Version;

    /// <summary>Applies what is missing.</summary>
    /// <returns>The names of the scripts applied.</returns>
    /// <exception cref="PostgresSchemaException">The schema is newer, or the user may not change it.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var found = await ReadVersionAsync(source, cancellationToken);
        if (found == Current) return [];
        RefuseNewer(found);
        try
        {
            return await ApplyMissingAsync(source, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == NoPrivilege)
        {
            throw new PostgresSchemaException(
                $"The schema is at version {found}, this program needs {Current}, and its user may not change it "
                + $"({exception.MessageText}). Run 'vectorcluster admin migrate' as a user who may.",
                exception);
        }
    }

    /// <exception cref="PostgresSchemaException">The schema is not at this program's version.</exception>
    public static async Task CheckAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var found = await ReadVersionAsync(source, cancellationToken);
        RefuseNewer(found);
        if (found < Current)
            throw new PostgresSchemaException(
                $"The schema is at version {found} and this program needs {Current}. Run 'vectorcluster admin migrate'.");
    }

    /// <summary>Lets a role work with the tables without owning them.</summary>
    public static async Task GrantAsync(NpgsqlDataSource source, string role, CancellationToken cancellationToken)
    {
        var quoted = "\"" + role.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        await using var command = source.CreateCommand(
            $"""
            GRANT USAGE ON SCHEMA vectorcluster TO {quoted};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA vectorcluster TO {quoted};
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA vectorcluster TO {quoted};
            GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA vectorcluster TO {quoted}
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void RefuseNewer(int found)
    {
        if (found > Current)
            throw new PostgresSchemaException(
                $"The schema is at version {found}, and this program knows versions up to {Current}: "
                + "a newer program has used the database. Nothing was changed.");
    }

    /// <returns>0: there is no schema yet.</returns>
    private static async Task<int> ReadVersionAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = source.CreateCommand(
                "SELECT coalesce(max(version), 0) FROM vectorcluster.schema_version");
            return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException exception) when (exception.SqlState is MissingTable or MissingSchema)
        {
            return 0;
        }
        catch (PostgresException exception) when (exception.SqlState == NoPrivilege)
        {
            throw new PostgresSchemaException(
                $"The user may not read the schema ({exception.MessageText}). "
                + "'vectorcluster admin migrate --grant-to ROLE' lets a role work with it.",
                exception);
        }
    }

    private static async Task<IReadOnlyList<string>> ApplyMissingAsync(
        NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var applied = new List<string>();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(
            connection,
            string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({LockKey})"),
            cancellationToken);
        await RunAsync(connection, VersionTable, cancellationToken);
        await using var read = new NpgsqlCommand(
            "SELECT coalesce(max(version), 0) FROM vectorcluster.schema_version", connection);
        var found = (int)(await read.ExecuteScalarAsync(cancellationToken))!;
        RefuseNewer(found);
        foreach (var migration in All.Where(migration => migration.Version > found))
        {
            await RunAsync(connection, migration.Sql, cancellationToken);
            await using var note = new NpgsqlCommand(
                "INSERT INTO vectorcluster.schema_version (version, name) VALUES ($1, $2)", connection);
            note.Parameters.Add(new NpgsqlParameter<int> { TypedValue = migration.Version });
            note.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Name });
            await note.ExecuteNonQueryAsync(cancellationToken);
            applied.Add(migration.Name);
        }

        await transaction.CommitAsync(cancellationToken);
        return applied;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The scripts in this assembly, <c>0001_name.sql</c> and so on, without gaps.</summary>
    private static List<Migration> ReadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var found = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!resource.EndsWith(".sql", StringComparison.Ordinal)) continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var version = int.Parse(resource.AsSpan(0, 4), CultureInfo.InvariantCulture);
            found.Add(new(version, Path.GetFileNameWithoutExtension(resource), reader.ReadToEnd()));
        }

        return found;
    }

    private sealed record Migration(int Version, string Name, string Sql);
}
