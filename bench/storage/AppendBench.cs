using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Storage.Bench;

/// <summary>Appends of 1, 100 and 1,000 records of one 100-d point each, durable one by one, beside COPY of the same
/// bytes into a plain table without an index.</summary>
internal static class AppendBench
{
    private const int RecordBytes = 450;
    private const int Rounds = 5;
    private const long RoundBytes = 64 * 1024 * 1024;
    private const int MaxAppends = 2_000;

    public static async Task RunAsync(PostgresDatabase database, NpgsqlDataSource source)
    {
        await Sql.RunAsync(source, "CREATE TABLE bench_copy (lsn bigint, record bytea)");
        foreach (var batch in (int[])[1, 100, 1_000])
        {
            var appends = (int)Math.Min(MaxAppends, RoundBytes / (RecordBytes * batch));
            var records = Records(batch);
            var report = new Report($"Append, batch {batch:N0} ({appends:N0} appends a round)", "MB/s");
            for (var round = 0; round < Rounds; round++)
            {
                var megabytes = (double)appends * batch * RecordBytes / 1e6;
                report.Add("VectorCluster, a commit an append", megabytes / await AppendAsync(database, records, appends));
                report.Add("COPY, a commit a batch", megabytes / await CopyAsync(source, records, appends, 1));
                report.Add("COPY, one commit in all", megabytes / await CopyAsync(source, records, 1, appends));
            }

            report.Write("VectorCluster, a commit an append");
        }
    }

    private static List<ReadOnlyMemory<byte>> Records(int count)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                var record = new byte[RecordBytes];
                random.NextBytes(record);
                return (ReadOnlyMemory<byte>)record;
            }),
        ];
    }

    /// <returns>Seconds.</returns>
    private static async Task<double> AppendAsync(
        PostgresDatabase database, List<ReadOnlyMemory<byte>> records, int appends)
    {
        var shard = new ShardId("bench", "append", 0);
        var (epoch, last, _) = await database.Shards.AcquireAsync(shard);
        await database.Shards.AppendAsync(shard, epoch, last.Next, records); // prepared from here on
        await database.Shards.AppendAsync(shard, epoch, new Lsn(last.Value + 1 + records.Count), records);
        var next = last.Value + 1 + (2 * records.Count);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < appends; i++)
        {
            var status = await database.Shards.AppendAsync(shard, epoch, new Lsn(next), records);
            if (status != StoreStatus.Done) throw new InvalidOperationException("An append was rejected.");
            next += records.Count;
        }

        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await database.Shards.DeleteAsync(shard);
        return elapsed;
    }

    private static async Task<double> CopyAsync(
        NpgsqlDataSource source, List<ReadOnlyMemory<byte>> records, int commits, int batches)
    {
        await Sql.RunAsync(source, "TRUNCATE bench_copy");
        await using var connection = await source.OpenConnectionAsync();
        var started = Stopwatch.GetTimestamp();
        var lsn = 0L;
        for (var commit = 0; commit < commits; commit++)
        {
            await using var import = await connection.BeginBinaryImportAsync(
                "COPY bench_copy (lsn, record) FROM STDIN (FORMAT BINARY)");
            for (var i = 0; i < batches; i++)
            {
                foreach (var record in records)
                {
                    await import.StartRowAsync();
                    await import.WriteAsync(++lsn, NpgsqlDbType.Bigint);
                    await import.WriteAsync(record, NpgsqlDbType.Bytea);
                }
            }

            await import.CompleteAsync();
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
