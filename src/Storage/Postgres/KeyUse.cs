using System.Globalization;
using Npgsql;

namespace VectorCluster.Storage.Postgres;

/// <summary>Which keys servers write with now: each holds a shared advisory lock on its own, so that rekeying does not
/// retire a key that is still being written with.</summary>
internal static class KeyUse
{
    private const int LockClass = 0x7663_6B79; // "vcky"

    private static readonly string OthersSql = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT min(objid::bigint) FROM pg_locks
        WHERE locktype = 'advisory' AND classid = {LockClass} AND objsubid = 2 AND granted AND objid::bigint <> $1
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """);

    /// <summary>Marks a key as being written with, for as long as the connection lives.</summary>
    /// <param name="id">0: what is written is not encrypted.</param>
    public static async Task DeclareAsync(NpgsqlConnection connection, uint id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock_shared($1, $2)", connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = LockClass });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = unchecked((int)id) });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <exception cref="KeyInUseException">A server writes with another key.</exception>
    public static async Task CheckNoOtherAsync(NpgsqlDataSource source, uint id, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(OthersSql);
        command.Parameters.Add(SqlParameters.Number(id));
        if (await command.ExecuteScalarAsync(cancellationToken) is long other) throw new KeyInUseException((uint)other);
    }
}

/// <summary>A server still writes with another key. Restart it with the new key first; nothing is lost.</summary>
/// <param name="id">0: it does not encrypt.</param>
public sealed class KeyInUseException(uint id) : Exception(
    (id == 0 ? "A server still writes without a key." : $"A server still writes with key {id}.")
    + " Restart it with the new key first in its list.");
