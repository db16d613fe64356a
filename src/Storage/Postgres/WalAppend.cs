using Npgsql;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Storage.Postgres;

/// <summary>Appends one commit to a shard's log, if the epoch is the newest and the first LSN the next one.</summary>
internal sealed class WalAppend(NpgsqlDataSource source)
{
    /// <summary>Bytes of a frame that go into one statement; the others follow in the same round trip, so that the
    /// server inserts some while it receives the next.</summary>
    private const int AppendPartBytes = 8 * Slices.MaxBytes;

    private static readonly PartitionedSql AppendSql = new(
        $"""
        WITH owner AS (
            UPDATE vectorcluster.shard_@ SET last_lsn = $2
            WHERE shard_key = $1 AND epoch = $3 AND last_lsn = $4 - 1
            RETURNING shard_key)
        INSERT INTO vectorcluster.wal_@ (partition, shard_key, last_lsn, epoch, slice, bytes)
        SELECT @, shard_key, $2, $3, i, substring($5 FROM i * {Slices.MaxBytes} + 1 FOR {Slices.MaxBytes})
        FROM owner, generate_series(0, (length($5) - 1) / {Slices.MaxBytes}) AS i
        """);

    // A part of a large append. The epoch is in the key, so that an owner that hangs in the middle is in nobody's
    // way.
    private static readonly PartitionedSql AppendPartSql = new(
        $"""
        INSERT INTO vectorcluster.wal_@ (partition, shard_key, last_lsn, epoch, slice, bytes)
        SELECT @, $1, $2, $3, $5 + i, substring($4 FROM i * {Slices.MaxBytes} + 1 FOR {Slices.MaxBytes})
        FROM generate_series(0, (length($4) - 1) / {Slices.MaxBytes}) AS i
        """);

    /// <param name="frame">Of all records, sealed.</param>
    public ValueTask<StoreStatus> RunAsync(
        StoredShard stored,
        Epoch epoch,
        Lsn first,
        long last,
        ArraySegment<byte> frame,
        CancellationToken cancellationToken) =>
        frame.Count <= AppendPartBytes
            ? AppendWholeAsync(stored, epoch, first, last, frame, cancellationToken)
            : AppendPartsAsync(stored, epoch, first, last, frame, cancellationToken);

    private async ValueTask<StoreStatus> AppendWholeAsync(
        StoredShard stored,
        Epoch epoch,
        Lsn first,
        long last,
        ArraySegment<byte> frame,
        CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(AppendSql[stored.Partition]);
        foreach (var number in (long[])[stored.Key, last, epoch.Value, first.Value])
            command.Parameters.Add(SqlParameters.Number(number));
        command.Parameters.Add(SqlParameters.Blob(frame));
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0 ? StoreStatus.Done : StoreStatus.Rejected;
    }

    /// <summary>The parts and then the fence, in one round trip and one transaction.</summary>
    private async ValueTask<StoreStatus> AppendPartsAsync(
        StoredShard stored,
        Epoch epoch,
        Lsn first,
        long last,
        ArraySegment<byte> frame,
        CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        for (var start = 0; start < frame.Count; start += AppendPartBytes)
        {
            var part = new NpgsqlBatchCommand(AppendPartSql[stored.Partition]);
            foreach (var number in (long[])[stored.Key, last, epoch.Value])
                part.Parameters.Add(SqlParameters.Number(number));
            part.Parameters.Add(SqlParameters.Blob(frame.Slice(start, Math.Min(AppendPartBytes, frame.Count - start))));
            part.Parameters.Add(new NpgsqlParameter<int> { TypedValue = start / Slices.MaxBytes });
            batch.BatchCommands.Add(part);
        }

        var fence = new NpgsqlBatchCommand("SELECT vectorcluster.finish_append($1, $2, $3, $4, $5)");
        fence.Parameters.Add(new NpgsqlParameter<short> { TypedValue = stored.Partition });
        foreach (var number in (long[])[stored.Key, epoch.Value, first.Value, last])
            fence.Parameters.Add(SqlParameters.Number(number));
        batch.BatchCommands.Add(fence);
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return StoreStatus.Done;
        }
        catch (PostgresException exception) when (exception.SqlState
            is CheckpointCopy.RejectedState or PostgresErrorCodes.UniqueViolation)
        {
            return StoreStatus.Rejected; // unique: this very append has been made already
        }
    }
}
