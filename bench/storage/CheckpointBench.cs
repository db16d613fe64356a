using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Storage.Bench;

/// <summary>Writing and loading a checkpoint of some 330 MB in the pages of a 100-d shard of 500,000 points, beside
/// COPY BINARY of the same pages to and from a plain table.</summary>
internal static class CheckpointBench
{
    private const int Rounds = 9;
    private const int VectorPageBytes = 64 * 1024;
    private const int LinkPageBytes = 4_352;

    private static readonly ShardId Shard = new("bench", "checkpoint", 0);

    public static async Task RunAsync(PostgresDatabase database, NpgsqlDataSource source)
    {
        await Sql.RunAsync(
            source,
            "CREATE TABLE bench_pages (page_key bigint, bytes bytea); "
            + "ALTER TABLE bench_pages ALTER COLUMN bytes SET STORAGE EXTERNAL");
        var pages = Pages();
        var megabytes = pages.Sum(page => (double)page.Bytes.Length) / 1e6;
        var writing = new Report($"Checkpoint of {megabytes:N0} MB, written", "MB/s");
        var loading = new Report("The same, loaded", "MB/s");
        for (var round = 0; round < Rounds; round++)
        {
            await Sql.RunAsync(source, "CHECKPOINT");
            writing.Add("VectorCluster", megabytes / await WriteAsync(database, pages));
            loading.Add("VectorCluster", megabytes / await LoadAsync(database));
            await database.Shards.DeleteAsync(Shard);
            await Sql.RunAsync(source, "CHECKPOINT");
            writing.Add("COPY BINARY", megabytes / await CopyInAsync(source, pages));
            loading.Add("COPY BINARY", megabytes / await CopyOutAsync(source));
            await Sql.RunAsync(source, "TRUNCATE bench_pages");
            await Sql.RunAsync(source, "VACUUM vectorcluster.page");
        }

        writing.Write("VectorCluster");
        loading.Write("VectorCluster");
    }

    private static List<CheckpointPage> Pages()
    {
        var random = new Random(2);
        var pages = new List<CheckpointPage>();
        for (var i = 0u; i < 3_500; i++) pages.Add(Page(16, i, VectorPageBytes));
        for (var i = 0u; i < 16_000; i++) pages.Add(Page(17, i, LinkPageBytes));
        return pages;

        CheckpointPage Page(ushort region, uint number, int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return new(new(region, number), bytes);
        }
    }

    private static async Task<double> WriteAsync(PostgresDatabase database, List<CheckpointPage> pages)
    {
        var (epoch, _, _) = await database.Shards.AcquireAsync(Shard);
        var started = Stopwatch.GetTimestamp();
        var status = await database.Shards.WriteCheckpointAsync(
            Shard, epoch, new(new Lsn(1), "{}"u8.ToArray()), pages.ToAsyncEnumerable());
        if (status != StoreStatus.Done) throw new InvalidOperationException("The checkpoint was rejected.");
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<double> LoadAsync(PostgresDatabase database)
    {
        await database.Shards.AcquireAsync(Shard);
        var memory = new Dictionary<PageKey, byte[]>();
        for (var i = 0u; i < 3_500; i++) memory.Add(new(16, i), new byte[VectorPageBytes]);
        for (var i = 0u; i < 16_000; i++) memory.Add(new(17, i), new byte[LinkPageBytes]);
        var started = Stopwatch.GetTimestamp();
        await database.Shards.ReadPagesAsync(Shard, (key, _) => memory[key]);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task<double> CopyInAsync(NpgsqlDataSource source, List<CheckpointPage> pages)
    {
        await using var connection = await source.OpenConnectionAsync();
        var started = Stopwatch.GetTimestamp();
        await using var import = await connection.BeginBinaryImportAsync(
            "COPY bench_pages (page_key, bytes) FROM STDIN (FORMAT BINARY)");
        foreach (var page in pages)
        {
            await import.StartRowAsync();
            await import.WriteAsync(((long)page.Key.Region << 32) | page.Key.Page, NpgsqlDbType.Bigint);
            await import.WriteAsync(page.Bytes, NpgsqlDbType.Bytea);
        }

        await import.CompleteAsync();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Takes the bytes off the socket and looks at none.</summary>
    private static async Task<double> CopyOutAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        var buffer = new byte[1024 * 1024];
        var started = Stopwatch.GetTimestamp();
        await using var stream = await connection.BeginRawBinaryCopyAsync(
            "COPY bench_pages TO STDOUT (FORMAT BINARY)");
        while (await stream.ReadAsync(buffer.AsMemory(), CancellationToken.None) > 0)
        {
            // On to the next.
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
