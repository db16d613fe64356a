using System.Runtime.CompilerServices;
using Npgsql;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Storage.Postgres;

/// <summary>Reads a shard's log: puts the slices of each frame together and takes the records out.</summary>
internal sealed class WalScan(NpgsqlDataSource source, Seal seal, ShardId shard, StoredShard stored)
{
    private static readonly PartitionedSql Sql = new(
        """
        SELECT last_lsn, slice, bytes FROM vectorcluster.wal_@ WHERE shard_key = $1 AND last_lsn >= $2
        ORDER BY last_lsn, slice
        """);

    public async IAsyncEnumerable<WalRecord> ReadAsync(
        Lsn from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(Sql[stored.Partition]);
        command.Parameters.Add(SqlParameters.Number(stored.Key));
        command.Parameters.Add(SqlParameters.Number(from.Value));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var records = new List<WalRecord>();
        while (await ReadFrameAsync(reader, records, cancellationToken))
        {
            foreach (var record in records)
                if (record.Lsn >= from) yield return record;
            records.Clear();
        }
    }

    /// <returns>False: there are no more.</returns>
    private async ValueTask<bool> ReadFrameAsync(
        NpgsqlDataReader reader, List<WalRecord> records, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken)) return false;
        var lsn = reader.GetInt64(0);
        var start = new byte[WalFrame.StartBytes];
        if (reader.GetInt32(1) != 0 || reader.GetBytes(2, 0, start, 0, start.Length) != start.Length)
            throw Damaged(lsn);
        var length = WalFrame.LengthOf(start);
        if (length is < WalFrame.StartBytes or > WalFrame.MaxBytes) throw Damaged(lsn);
        var frame = new byte[length];
        var position = 0;
        for (var slice = 0; ; slice++)
        {
            if (reader.GetInt64(0) != lsn || reader.GetInt32(1) != slice) throw Damaged(lsn);
            var count = (int)reader.GetBytes(2, 0, null, 0, 0);
            if (count == 0 || count > length - position) throw Damaged(lsn);
            position += (int)reader.GetBytes(2, 0, frame, position, count);
            if (position == length) break;
            if (!await reader.ReadAsync(cancellationToken)) throw Damaged(lsn);
        }

        return WalFrame.TryDecode(frame, seal, stored.Key, lsn, records) ? true : throw Damaged(lsn);
    }

    private StoreCorruptedException Damaged(long lsn) => new(
        shard, $"wal_{stored.Partition}, shard_key {stored.Key}, last_lsn {lsn}", "a log frame is not as written");
}
