using System.Globalization;
using Npgsql;

namespace VectorCluster.Storage.Postgres;

/// <summary>Keeps a second process from serving the same database: a session-level advisory lock, held for as long as
/// the process lives. The silos of a cluster share it.</summary>
/// <remarks>
/// Not what keeps data safe, that is fencing; but two servers that know nothing of each other would take every shard
/// from each other, and each would miss the other's changes of the catalogue. When the connection breaks, say because
/// PostgreSQL restarts, the lease is taken again in the background; meanwhile the process serves.
/// </remarks>
internal sealed class PostgresLease : IAsyncDisposable
{
    private const long LockKey = 0x7665_6374_6F72_6462; // "vectordb"

    /// <summary>How long a start waits for a predecessor whose connection the server has not given up yet.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private static readonly string AloneSql =
        string.Create(CultureInfo.InvariantCulture, $"SELECT pg_try_advisory_lock({LockKey})");

    private static readonly string SharedSql =
        string.Create(CultureInfo.InvariantCulture, $"SELECT pg_try_advisory_lock_shared({LockKey})");

    // A lock on a bigint shows its halves.
    private static readonly string HolderSql = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT a.application_name, coalesce(host(a.client_addr), 'a local socket'), a.backend_start
        FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted
            AND l.classid = {LockKey >> 32} AND l.objid = {LockKey & uint.MaxValue}
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """);

    private readonly NpgsqlDataSource _source;
    private readonly LeaseKind _kind;
    private readonly uint _keyId;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _holding;

    private PostgresLease(
        NpgsqlDataSource source, NpgsqlConnection connection, LeaseKind kind, uint keyId, TimeProvider time)
    {
        (_source, _kind, _keyId, _time) = (source, kind, keyId, time);
        _holding = HoldAsync(connection);
    }

    /// <param name="keyId">The key that is written with; 0: none.</param>
    /// <exception cref="DatabaseInUseException">Another process serves the database.</exception>
    public static async Task<PostgresLease> TakeAsync(
        NpgsqlDataSource source, LeaseKind kind, uint keyId, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var started = time.GetTimestamp();
            while (!await TryLockAsync(connection, kind, keyId, cancellationToken))
            {
                if (time.GetElapsedTime(started) > Patience)
                    throw new DatabaseInUseException(await DescribeHolderAsync(connection, cancellationToken));
                await Task.Delay(Interval, time, cancellationToken);
            }

            return new(source, connection, kind, keyId, time);
        }
        catch
        {
            await GiveBackAsync(connection);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _holding;
        _stopping.Dispose();
    }

    private static async Task<bool> TryLockAsync(
        NpgsqlConnection connection, LeaseKind kind, uint keyId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(kind == LeaseKind.Alone ? AloneSql : SharedSql, connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is not true) return false;
        await KeyUse.DeclareAsync(connection, keyId, cancellationToken);
        return true;
    }

    private static async Task<string> DescribeHolderAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(HolderSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return "another process";
        var name = $"'{reader.GetString(0)}'";

        // Where from and since when PostgreSQL tells only those who share the holder's role.
        return await reader.IsDBNullAsync(2, cancellationToken)
            ? $"{name}, connected as another role"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, connected over {reader.GetString(1)} since {reader.GetDateTime(2):u}");
    }

    /// <summary>A pooled connection keeps its locks, also one that a cancelled call has taken.</summary>
    private static async Task GiveBackAsync(NpgsqlConnection connection)
    {
        await using (connection)
        {
            try
            {
                await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", connection);
                await command.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
            {
                // Broken, and its locks with it.
            }
        }
    }

    /// <summary>Returns when stopping.</summary>
    /// <exception cref="NpgsqlException">The connection broke.</exception>
    private async Task WaitAsync(NpgsqlConnection connection)
    {
        try
        {
            while (true) await connection.WaitAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    /// <summary>Waits on the connection, which ends with it, and takes the lock again on another.</summary>
    private async Task HoldAsync(NpgsqlConnection connection)
    {
        while (true)
        {
            try
            {
                await WaitAsync(connection);
            }
            catch (NpgsqlException)
            {
                // Broken: take it again.
            }

            await GiveBackAsync(connection);
            if (_stopping.IsCancellationRequested) return;

            if (await RetakeAsync() is not { } again) return;
            connection = again;
        }
    }

    /// <returns>Null: stopping.</returns>
    private async Task<NpgsqlConnection?> RetakeAsync()
    {
        while (true)
        {
            NpgsqlConnection? connection = null;
            try
            {
                await Task.Delay(Interval, _time, _stopping.Token);
                connection = await _source.OpenConnectionAsync(_stopping.Token);
                if (await TryLockAsync(connection, _kind, _keyId, _stopping.Token)) return connection;
            }
            catch (OperationCanceledException)
            {
                if (connection is not null) await GiveBackAsync(connection);
                return null;
            }
            catch (NpgsqlException)
            {
                // Not back yet.
            }

            if (connection is not null) await connection.DisposeAsync();
        }
    }
}
