using Npgsql;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Storage.Postgres;

/// <summary>Seals anew whatever is not sealed with the current key, while others read and write.</summary>
/// <remarks>Each step is a short transaction over rows that it has locked: a row that was superseded or trimmed
/// meanwhile is gone, and needs nothing.</remarks>
internal sealed class Rekeying(NpgsqlDataSource source, Seal seal, uint currentId)
{
    private const int RowsPerStep = 256;

    // Commands that look for old rows have no timeout: they pass over all that is new already, which may be everything.

    /// <summary>Sealed bytes start with their kind and key.</summary>
    private const int MarkBytes = 5;

    private static readonly PartitionedSql OldPagesSql = new(
        $"""
        SELECT shard_key, page_key, version, start, bytes FROM vectorcluster.page_@
        WHERE (shard_key, page_key, version, start) > ($2, $3, $4, $5) AND substring(bytes FROM 1 FOR {MarkBytes}) <> $1
        ORDER BY shard_key, page_key, version, start LIMIT {RowsPerStep} FOR UPDATE
        """);

    private static readonly PartitionedSql PageSql = new(
        """
        UPDATE vectorcluster.page_@ SET bytes = $5
        WHERE shard_key = $1 AND page_key = $2 AND version = $3 AND start = $4
        """);

    private static readonly PartitionedSql OldManifestsSql = new(
        $"""
        SELECT shard_key, lsn, manifest FROM vectorcluster.checkpoint_@
        WHERE substring(manifest FROM 1 FOR {MarkBytes}) <> $1 LIMIT {RowsPerStep} FOR UPDATE
        """);

    private static readonly PartitionedSql ManifestSql = new(
        "UPDATE vectorcluster.checkpoint_@ SET manifest = $3 WHERE shard_key = $1 AND lsn = $2");

    // A frame's own length comes before its seal. Its first slice is locked where it is looked for, so that one that is
    // trimmed meanwhile is passed over: no row means that there is no such frame, not that it has just gone.
    private static readonly PartitionedSql OldFrameSql = new(
        $"""
        WITH found AS MATERIALIZED (
            SELECT shard_key, last_lsn FROM vectorcluster.wal_@
            WHERE (shard_key, last_lsn) > ($2, $3) AND slice = 0
                AND substring(bytes FROM {WalFrame.StartBytes + 1} FOR {MarkBytes}) <> $1
            ORDER BY shard_key, last_lsn LIMIT 1 FOR UPDATE)
        SELECT w.shard_key, w.last_lsn, w.epoch, w.bytes FROM found
        JOIN vectorcluster.wal_@ w ON w.shard_key = found.shard_key AND w.last_lsn = found.last_lsn
        ORDER BY w.slice FOR UPDATE OF w
        """);

    private static readonly PartitionedSql DropFrameSql = new(
        "DELETE FROM vectorcluster.wal_@ WHERE shard_key = $1 AND last_lsn = $2");

    private static readonly PartitionedSql FrameSql = new(
        """
        INSERT INTO vectorcluster.wal_@ (partition, shard_key, last_lsn, epoch, slice, bytes)
        VALUES (@, $1, $2, $3, $4, $5)
        """);

    private readonly byte[] _mark = Seal.MarkOf(currentId);
    private (long Shard, long Key, long Version, int Start) _lastPage;
    private (long Shard, long Lsn) _lastFrame;

    /// <returns>Rows that were written.</returns>
    /// <exception cref="KeyInUseException">A server still writes with another key.</exception>
    /// <exception cref="MissingKeyException">Something is encrypted with a key that was not given.</exception>
    /// <exception cref="InvalidDataException">Something is damaged; what came before it is done.</exception>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var written = 0L;
        await KeyUse.CheckNoOtherAsync(source, currentId, cancellationToken);
        for (short partition = 0; partition < Partition.Count; partition++)
        {
            (_lastPage, _lastFrame) = (default, default);
            foreach (var step in (Func<NpgsqlConnection, short, CancellationToken, Task<int>>[])
                [PagesAsync, ManifestsAsync, FrameAsync])
            {
                int rows;
                do
                {
                    rows = await StepAsync(step, partition, cancellationToken);
                    written += rows;
                }
                while (rows > 0);
            }
        }

        await KeyUse.CheckNoOtherAsync(source, currentId, cancellationToken);
        await KeyProofs.RetireOthersAsync(source, currentId, cancellationToken);
        return written;
    }

    private static NpgsqlParameter<byte[]> Blob(byte[] bytes) => new() { TypedValue = bytes };

    private async Task<int> StepAsync(
        Func<NpgsqlConnection, short, CancellationToken, Task<int>> step,
        short partition,
        CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = await step(connection, partition, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows;
    }

    private async Task<int> PagesAsync(
        NpgsqlConnection connection, short partition, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        await using (var command = new NpgsqlCommand(OldPagesSql[partition], connection) { CommandTimeout = 0 })
        {
            command.Parameters.Add(Blob(_mark));
            foreach (var number in (long[])[_lastPage.Shard, _lastPage.Key, _lastPage.Version, _lastPage.Start])
                command.Parameters.Add(SqlParameters.Number(number));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var (shard, key, version) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
                var start = reader.GetInt32(3);
                _lastPage = (shard, key, version, start);
                var place = new SealedPlace(SealedTable.Page, shard, key, version, start);
                var update = new NpgsqlBatchCommand(PageSql[partition]);
                foreach (var number in (long[])[shard, key, version])
                    update.Parameters.Add(SqlParameters.Number(number));
                update.Parameters.Add(new NpgsqlParameter<int> { TypedValue = start });
                update.Parameters.Add(Blob(Reseal(reader.GetFieldValue<byte[]>(4), place)));
                batch.BatchCommands.Add(update);
            }
        }

        return await RunAsync(batch, cancellationToken);
    }

    private async Task<int> ManifestsAsync(
        NpgsqlConnection connection, short partition, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        await using (var command = new NpgsqlCommand(OldManifestsSql[partition], connection) { CommandTimeout = 0 })
        {
            command.Parameters.Add(Blob(_mark));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var (shard, lsn) = (reader.GetInt64(0), reader.GetInt64(1));
                var update = new NpgsqlBatchCommand(ManifestSql[partition]);
                update.Parameters.Add(SqlParameters.Number(shard));
                update.Parameters.Add(SqlParameters.Number(lsn));
                update.Parameters.Add(
                    Blob(Reseal(reader.GetFieldValue<byte[]>(2), CheckpointCopy.ManifestPlace(shard, lsn))));
                batch.BatchCommands.Add(update);
            }
        }

        return await RunAsync(batch, cancellationToken);
    }

    private async Task<int> FrameAsync(
        NpgsqlConnection connection, short partition, CancellationToken cancellationToken)
    {
        var (shard, last, epoch) = (0L, 0L, 0L);
        using var frame = new MemoryStream();
        await using (var command = new NpgsqlCommand(OldFrameSql[partition], connection) { CommandTimeout = 0 })
        {
            command.Parameters.Add(Blob(_mark));
            command.Parameters.Add(SqlParameters.Number(_lastFrame.Shard));
            command.Parameters.Add(SqlParameters.Number(_lastFrame.Lsn));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                (shard, last, epoch) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
                await frame.WriteAsync(reader.GetFieldValue<byte[]>(3), cancellationToken);
            }
        }

        if (frame.Length == 0) return 0;
        _lastFrame = (shard, last);
        var records = new List<WalRecord>();
        if (!WalFrame.TryDecode(frame.ToArray(), seal, shard, last, records))
            throw new InvalidDataException($"The log frame of shard_key {shard}, last_lsn {last}, is not as written.");
        var anew = WalFrame.Encode(records.ConvertAll(record => record.Body), seal, shard, last);
        await using var batch = new NpgsqlBatch(connection);
        var drop = new NpgsqlBatchCommand(DropFrameSql[partition]);
        drop.Parameters.Add(SqlParameters.Number(shard));
        drop.Parameters.Add(SqlParameters.Number(last));
        batch.BatchCommands.Add(drop);
        for (var slice = 0; slice * Slices.MaxBytes < anew.Count; slice++)
        {
            var start = slice * Slices.MaxBytes;
            var insert = new NpgsqlBatchCommand(FrameSql[partition]);
            foreach (var number in (long[])[shard, last, epoch])
                insert.Parameters.Add(SqlParameters.Number(number));
            insert.Parameters.Add(new NpgsqlParameter<int> { TypedValue = slice });
            insert.Parameters.Add(Blob([.. anew.Slice(start, Math.Min(Slices.MaxBytes, anew.Count - start))]));
            batch.BatchCommands.Add(insert);
        }

        return await RunAsync(batch, cancellationToken);
    }

    private static async Task<int> RunAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);
        return batch.BatchCommands.Count;
    }

    private byte[] Reseal(byte[] bytes, SealedPlace place)
    {
        var (prefix, suffix) = Seal.ShapeOf(bytes);
        var anew = new byte[seal.Prefix + bytes.Length - prefix - suffix + seal.Suffix];
        if (!seal.TryOpen(bytes, place, anew.AsSpan(seal.Prefix, bytes.Length - prefix - suffix)))
            throw new InvalidDataException($"The row of {place} is not as written.");
        seal.Close(anew, place);
        return anew;
    }
}
