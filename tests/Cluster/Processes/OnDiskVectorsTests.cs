using VectorCluster.Grains;
using VectorCluster.Storage.Postgres;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Cluster.Tests.Processes;

public sealed class OnDiskVectorsTests
{
    private const int Dimension = 256;
    private const int Count = 24_000; // what is in memory of each shard is enough for it to move as a warm copy
    private const int Step = 40;
    private const int PointsAtOnce = 1_000;
    private const int Shards = 2;

    // Goal: where vectors lie changes nothing about who has them: they move with their shard, survive the death of
    // the silo that mapped them, and leave no file. Method: two silos over one database with a folder each; both shards
    // are moved, with points written before and after; then their silo is killed and the other one asked.
    [Fact]
    public async Task Vectors_on_disk_move_and_survive_their_silo()
    {
        var server = await PostgresServer.SharedAsync();
        await using var database = await server.CreateDatabaseAsync(text => PostgresDatabase.MigrateAsync(text));
        var folder = Directory.CreateTempSubdirectory("vectorcluster-").FullName;
        (string, string)[] settings =
        [
            ("Postgres", database.ConnectionString),
            ("AdvertisedIP", "127.0.0.1"),
            ("VECTORCLUSTER_VECTOR_FOLDER", folder),
        ];
        try
        {
            await using var first = await SiloProcess.StartAsync(settings);
            await using var second = await SiloProcess.StartAsync(settings);
            await Eventually.IsAsync(() => first.Http.Cluster.GetClusterAsync(), cluster => cluster.Silos.Count == 2);
            await first.Http.Cluster.SuspendBalancingAsync(true);
            await first.Http.CreateCollectionAsync("c", new()
            {
                Vectors = new Dictionary<string, VectorSettings>
                {
                    [VectorSet.DefaultName] = new(Dimension, DistanceMetric.Euclidean) { OnDisk = true },
                },
                ShardCount = Shards,
            });
            await WriteAsync(first.Http, 0, Count - PointsAtOnce);
            await Eventually.IsAsync(
                () => first.Http.Cluster.ListShardsAsync("c"),
                shards => shards.All(shard => shard.ResidentBytes > new VectorClusterOptions().WarmMoveBytes));

            for (var shard = 0; shard < Shards; shard++)
                await first.Http.Cluster.MoveShardAsync(new("c", "", shard), $"127.0.0.1:{second.SiloPort}");
            await WriteAsync(first.Http, Count - PointsAtOnce, Count);
            await AssertFindsAllAsync(first.Http);
            if (OperatingSystem.IsLinux())
            {
                var mapped = await File.ReadAllTextAsync($"/proc/{second.ProcessId}/maps");
                Assert.Contains(folder, mapped, StringComparison.Ordinal);
            }

            await second.KillAsync();
            await Eventually.IsAsync(() => TryCountAsync(first.Http), count => count == Count);
            await AssertFindsAllAsync(first.Http);
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static float[] VectorOf(int id)
    {
        var random = new Random(id);
        return [.. Enumerable.Range(0, Dimension).Select(_ => random.NextSingle())];
    }

    private static async Task WriteAsync(IVectorDatabase database, int start, int end)
    {
        foreach (var ids in Enumerable.Range(start, end - start).Chunk(PointsAtOnce))
            await database.UpsertAsync(new()
            {
                Collection = "c",
                Points = [.. ids.Select(id => new Point((ulong)id, VectorOf(id)))],
            });
    }

    /// <summary>Points all over the collection are their own nearest.</summary>
    private static async Task AssertFindsAllAsync(IVectorDatabase database)
    {
        foreach (var ids in Enumerable.Range(0, Count / Step).Select(i => i * Step).Chunk(100))
        {
            var results = await database.SearchBatchAsync([.. ids.Select(id => new SearchRequest
            {
                Collection = "c",
                Query = new NearestQuery(VectorOf(id)),
                Limit = 1,
                Exact = true,
            })]);
            foreach (var (id, result) in ids.Zip(results))
            {
                var hit = Assert.Single(result.Hits);
                Assert.Equal(((ulong)id, 0f), ((ulong)hit.Id.Bits, hit.Distance));
            }
        }
    }

    private static async Task<long> TryCountAsync(IVectorDatabase database)
    {
        try
        {
            return await database.CountAsync(new() { Collection = "c" });
        }
        catch (VectorDatabaseException failure) when (failure.IsRetrySafe)
        {
            return -1;
        }
    }
}
