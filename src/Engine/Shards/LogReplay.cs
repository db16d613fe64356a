using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Shards;

/// <summary>Applies what the log has and memory has not.</summary>
internal static class LogReplay
{
    /// <param name="owned">Under which the log is read; its last record must be there.</param>
    /// <returns>Bytes of the records that were applied.</returns>
    /// <exception cref="StoreCorruptedException">A record is damaged or missing. Those before it were
    /// applied.</exception>
    /// <exception cref="RecordFailedException">A record can't be applied.</exception>
    public static async Task<long> RunAsync(
        IRecordTarget state,
        IShardStore store,
        ShardId shard,
        ShardOwnership owned,
        CancellationToken cancellationToken)
    {
        var (bytes, last) = (0L, owned.LastLsn);
        if (last.Value == state.AppliedLsn) return bytes;
        var next = new Lsn(state.AppliedLsn).Next;
        await foreach (var record in store.ReadAsync(shard, next, owned.Epoch, cancellationToken))
        {
            if (record.Lsn != next || next > last) break; // what comes after is a newer owner's
            Apply(state, record.Lsn, record.Body.Span);
            bytes += record.Body.Length;
            next = next.Next;
        }

        return next == last.Next
            ? bytes
            : throw new StoreCorruptedException(shard, $"LSN {next}", $"the log has a gap before LSN {last}");
    }

    /// <summary>Applies what there is now, for who does not own the shard.</summary>
    /// <returns>How many records, and their bytes; null: the log does not go on from the state any more.</returns>
    /// <exception cref="StoreCorruptedException">A record is damaged. Those before it were applied.</exception>
    /// <exception cref="RecordFailedException">A record can't be applied.</exception>
    public static async Task<(long Records, long Bytes)?> RunToEndAsync(
        IRecordTarget state, IShardStore store, ShardId shard, CancellationToken cancellationToken)
    {
        var (records, bytes) = (0L, 0L);
        var next = new Lsn(state.AppliedLsn).Next;
        await foreach (var record in store.ReadAsync(shard, next, owner: null, cancellationToken))
        {
            if (record.Lsn != next) return null; // a checkpoint has freed what came before
            Apply(state, record.Lsn, record.Body.Span);
            (records, bytes) = (records + 1, bytes + record.Body.Length);
            next = next.Next;
        }

        return (records, bytes);
    }

    private static void Apply(IRecordTarget state, Lsn lsn, ReadOnlySpan<byte> record)
    {
        try
        {
            state.Apply(lsn, record);
        }
        catch (Exception exception)
        {
            throw new RecordFailedException(lsn, exception);
        }
    }
}

/// <summary>A log record was read and can't be applied: a newer version wrote it, or there is a bug. Memory may hold a
/// part of it.</summary>
internal sealed class RecordFailedException(Lsn lsn, Exception innerException)
    : Exception($"Log record {lsn} can't be applied: {innerException.Message}", innerException);
