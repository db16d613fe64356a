using VectorCluster.Client.Http;
using Xunit.Abstractions;

namespace VectorCluster.Cli.Tests;

/// <summary>Files that a crash or a disk left otherwise than they were written, seen through the server.</summary>
public sealed class DamageTests(ITestOutputHelper output)
{
    private const int Points = 1_000;

    private static readonly float[][] Vectors = TestPoints.Vectors(1, Points + 1, 8);

    // Goal: a torn last write does not keep the server from starting, and takes nothing else with it.
    // Method: kill -9, then cut the newest log at a random byte within its last record, which stands for the
    // unacknowledged one.
    [Fact]
    public async Task A_log_that_ends_within_a_record_loses_that_record_only()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var folder = new TemporaryFolder();
        var address = await WriteAndKillAsync(folder, "torn", shards: 1, async client =>
        {
            var log = NewestLog(folder, "torn", shard: 0);
            var whole = new FileInfo(log).Length;
            await UpsertAsync(client, "torn", Points, 1);
            return () => Cut(log, new Random(seed).NextInt64(whole + 1, new FileInfo(log).Length));
        });

        await using var server = await ServerProcess.StartAsync(folder, address.Port);
        await StoredPoints.AssertHasOnlyAsync(server.Client, "torn", Vectors[..Points]);
        await UpsertAsync(server.Client, "torn", Points, 1);
        await StoredPoints.AssertHasOnlyAsync(server.Client, "torn", Vectors);
    }

    // Goal: a flipped bit is told, never served, and its shard alone is out. Method: flip one in the middle of one
    // shard's log.
    [Fact]
    public async Task A_flipped_bit_takes_its_shard_out_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        await WriteAndKillAsync(folder, "damaged", shards: 2, async client =>
        {
            await CreateAsync(client, "whole", shards: 1);
            await UpsertAsync(client, "whole", 0, Points);
            return () => FlipBitInTheMiddle(NewestLog(folder, "damaged", shard: 0));
        });

        await using var server = await ServerProcess.StartAsync(folder);
        var search = new SearchRequest { Collection = "damaged", Query = new NearestQuery(Vectors[0]), Limit = Points };
        var refused = await Assert.ThrowsAsync<ShardUnavailableException>(() => server.Client.SearchAsync(search));
        var partial = await server.Client.SearchAsync(search with { AllowPartial = true });
        var info = await server.Client.GetCollectionAsync("damaged");

        Assert.Equal(ErrorCodes.ShardCorrupted, refused.Code);
        Assert.Equal(new ShardId("damaged", "", 0), Assert.Single(refused.Failures).Shard);
        Assert.Equal(new ShardId("damaged", "", 0), Assert.Single(partial.MissingShards).Shard);
        Assert.InRange(partial.Hits.Count, Points / 3, Points * 2 / 3);
        Assert.Equal(CollectionStatus.Red, info.Status);
        await StoredPoints.AssertHasOnlyAsync(server.Client, "whole", Vectors[..Points]);
    }

    /// <summary>Fills a collection, lets the caller go on, kills the server, and does what the caller wants done to
    /// the files.</summary>
    private static async Task<Uri> WriteAndKillAsync(
        TemporaryFolder folder, string collection, int shards, Func<VectorClusterHttpClient, Task<Action>> goOn)
    {
        await using var server = await ServerProcess.StartAsync(folder);
        await CreateAsync(server.Client, collection, shards);
        for (var start = 0; start < Points; start += 100) await UpsertAsync(server.Client, collection, start, 100);
        var harm = await goOn(server.Client);
        await server.KillAsync();
        harm();
        return server.Address;
    }

    private static Task CreateAsync(VectorClusterHttpClient client, string collection, int shards) =>
        client.CreateCollectionAsync(collection, CollectionSettings.ForVector(8, DistanceMetric.Euclidean, shards));

    private static Task UpsertAsync(VectorClusterHttpClient client, string collection, int start, int count) =>
        client.UpsertAsync(new()
        {
            Collection = collection,
            Points =
            [
                .. Enumerable.Range(start, count)
                    .Select(id => new Point((ulong)id, Vectors[id], TestPoints.PayloadOf(id))),
            ],
        });

    private static string NewestLog(TemporaryFolder folder, string collection, int shard) =>
        Directory.EnumerateFiles(Path.Join(folder.Data, "shards", collection, "~default", $"{shard}"), "*.vcwal")
            .Max()!;

    private static void Cut(string path, long length)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(length);
    }

    private static void FlipBitInTheMiddle(string path)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = file.Length / 2;
        var value = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(value ^ 0x10));
    }
}
