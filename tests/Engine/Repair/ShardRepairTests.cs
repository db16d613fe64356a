using System.Runtime.InteropServices;
using System.Text;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Tests.Shards;

namespace VectorCluster.Engine.Tests.Repair;

/// <summary>What repair leaves of a shard: recall and memory of one built of its live points, and nothing of the
/// others.</summary>
public sealed class ShardRepairTests
{
    private const int Dimension = 24;

    /// <summary>Any deletion is repaired at the first quiet moment, a tenth of the places at once.</summary>
    private static readonly ShardOptions Options = new()
    {
        RepairPlaces = 1,
        QuietRepairShare = 0,
        IdleCheckpointDelay = TimeSpan.FromMilliseconds(10),
    };

    // Goal: replacing points for ever costs neither recall nor memory. Method: a fifth of the points, ten times.
    [Theory]
    [InlineData(VectorQuantization.None)]
    [InlineData(VectorQuantization.Bits2)]
    [InlineData(VectorQuantization.Bits4)]
    [InlineData(VectorQuantization.Bits8)]
    public async Task Replaced_shard_has_recall_and_memory_of_a_fresh_one(VectorQuantization quantization)
    {
        const int Count = 4_000;
        var settings = TestShard.QuantizedSettingsOf(Dimension, DistanceMetric.Cosine, quantization);
        var random = new Random(1);
        var pool = ShardSearchTests.RandomVectors(Count * 3, seed: 2, Dimension);
        var points = Enumerable.Range(0, Count).Select(i => PointOf(i, pool[i])).ToArray();
        await using var replaced = await TestShard.OpenAsync(settings, Options);
        await replaced.UpsertAsync(points);
        for (var round = 0; round < 10; round++)
        {
            await replaced.WaitUntilIndexedAsync();
            var ids = Enumerable.Range(0, Count).ToArray();
            random.Shuffle(ids);
            foreach (var id in ids[..(Count / 5)]) points[id] = PointOf(id, pool[random.Next(pool.Count)]);
            await replaced.UpsertAsync([.. ids[..(Count / 5)].Select(id => points[id])]);
        }

        await using var fresh = await TestShard.OpenAsync(settings);
        await fresh.UpsertAsync(points);
        await fresh.WaitUntilIndexedAsync();
        await replaced.WaitUntilIndexedAsync();
        await replaced.WaitUntilRepairedAsync();

        var (info, freshInfo) = (await replaced.Shard.DescribeAsync(), await fresh.Shard.DescribeAsync());
        Assert.Equal((Count, Count), (info.PointCount, info.IndexedVectorCount));
        Assert.InRange(info.ResidentBytes, 0, (long)(1.1 * freshInfo.ResidentBytes));
        var (recall, freshRecall) = (await RecallAsync(replaced), await RecallAsync(fresh));
        Assert.True(recall >= freshRecall - 0.01, $"recall@10 is {recall}, of a fresh index {freshRecall}");
    }

    // Goal: a shard that shrinks gives its memory back, and so does what is loaded from its checkpoint.
    [Fact]
    public async Task Deleting_most_points_frees_their_memory()
    {
        const int Count = 4_000;
        await using var shard = await TestShard.OpenAsync(
            TestShard.SettingsOf(Dimension, DistanceMetric.Cosine), Options);
        var vectors = ShardSearchTests.RandomVectors(Count, seed: 3, Dimension);
        await shard.UpsertAsync([.. vectors.Select((vector, i) => PointOf(i, vector))]);
        await shard.WaitUntilIndexedAsync();
        var before = (await shard.Shard.DescribeAsync()).ResidentBytes;
        var gone = Enumerable.Range(0, Count).Where(i => i % 10 > 0).Select(i => (PointId)(ulong)i).ToList();
        await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds(gone)));
        await shard.WaitUntilRepairedAsync();
        var after = (await shard.Shard.DescribeAsync()).ResidentBytes;
        await shard.ReopenAsync();
        var reopened = (await shard.Shard.DescribeAsync()).ResidentBytes;

        Assert.InRange(after, 0, before / 4);
        Assert.InRange(reopened, 0, before / 4);
        var hits = await shard.SearchAsync(ShardSearchTests.Search(vectors[40], 20));
        Assert.Equal(40UL, hits[0].Id);
        Assert.All(hits, hit => Assert.Equal(0, (int)(ulong)hit.Id.Bits % 10));
    }

    // Goal: nothing of a point that was erased is stored after the repair, its vector neither. Method: the shard
    // becomes smaller, so that pages are left over which nothing writes over otherwise.
    [Fact]
    public async Task No_vector_of_an_erased_point_is_stored()
    {
        const int Count = 2_000;
        await using var shard = await TestShard.OpenAsync(
            TestShard.SettingsOf(2, DistanceMetric.Euclidean), Options);
        await shard.UpsertAsync([.. Enumerable.Range(0, Count).Select(i => PointOf(i, [i, i + 0.5f]))]);
        await shard.WaitUntilIndexedAsync();
        await shard.ReopenAsync();
        Assert.Contains(BytesOf(1_999, 1_999.5f), await PagesAsync(shard), StringComparison.Ordinal);
        await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds(
            [.. Enumerable.Range(5, Count - 5).Select(i => (PointId)(ulong)i)])));
        await shard.WaitUntilRepairedAsync();
        await shard.ReopenAsync();

        var stored = await PagesAsync(shard);

        for (var i = 0; i < Count; i++)
            Assert.Equal(i < 5, stored.Contains(BytesOf(i, i + 0.5f), StringComparison.Ordinal));
        Assert.Equal(5, (await shard.SearchAsync(ShardSearchTests.Search([0, 0], 10))).Count);
        await shard.UpsertAsync([.. Enumerable.Range(0, Count).Select(i => PointOf(i, [i, i]))]); // grows again
        await shard.ReopenAsync();
        Assert.Equal(Count, await shard.Shard.CountAsync(null));
    }

    // Goal: what a repair did is lost in a crash, and nothing else. Method: it is opened from the checkpoint before the
    // repair and the log.
    [Fact]
    public async Task Log_is_replayed_over_a_checkpoint_from_before_the_repair()
    {
        await using var shard = await TestShard.OpenAsync(
            TestShard.SettingsOf(2, DistanceMetric.Euclidean, exactScanThreshold: 50),
            new() { RepairPlaces = 1, RepairShare = 0, IdleCheckpointDelay = TimeSpan.FromHours(1) });
        await shard.UpsertAsync([.. Enumerable.Range(0, 400).Select(i => PointOf(i, [i, 0]))]);
        await shard.ReopenAsync();
        for (var round = 1; round <= 5; round++)
        {
            await shard.UpsertAsync([.. Enumerable.Range(0, 100).Select(i => PointOf(i * round / 2, [i, round]))]);
            await shard.WaitUntilRepairedAsync();
        }

        var before = await AllAsync(shard);
        await shard.ReopenWithoutCheckpointAsync();

        Assert.Equal(before, await AllAsync(shard));
    }

    // Goal: a hit's point is the hit's, whatever became of its place. Method: a repair between search and fetch gives
    // the places to other points.
    [Fact]
    public async Task Fetching_after_a_repair_gives_the_points_of_the_hits()
    {
        await using var shard = await TestShard.OpenAsync(TestShard.SettingsOf(2, DistanceMetric.Euclidean), Options);
        await shard.UpsertAsync([.. Enumerable.Range(0, 100).Select(i => PointOf(i, [i, 0]))]);
        var hits = await shard.SearchAsync(ShardSearchTests.Search([0, 0], 100));
        await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds(
            [.. Enumerable.Range(0, 50).Select(i => (PointId)(ulong)i)])));
        await shard.WaitUntilRepairedAsync();

        var points = await shard.Shard.FetchAsync(
            [.. hits.Select(hit => new ShardPlace(hit.Id, hit.Place))], PayloadSelector.All, VectorSelector.All);

        Assert.Equal(hits.Select(hit => hit.Id), points.Select(point => point.Id));
        Assert.All(points.Take(50), point => Assert.Equal("{}", point.Payload!.ToString()));
        Assert.All(points.Skip(50), point => Assert.Equal($$"""{"n":{{point.Id}}}""", point.Payload!.ToString()));
    }

    private static Point PointOf(int id, float[] vector) =>
        new((ulong)id, vector, Payload.Parse($$"""{"n":{{id}}}"""));

    private static async Task<double> RecallAsync(TestShard shard)
    {
        var found = 0;
        var queries = ShardSearchTests.RandomVectors(300, seed: 4, Dimension);
        foreach (var query in queries)
        {
            var search = ShardSearchTests.Search(query, 10) with { EfSearch = 64 };
            var nearest = (await shard.SearchAsync(search with { Exact = true })).Select(hit => hit.Id).ToHashSet();
            found += (await shard.SearchAsync(search)).Count(hit => nearest.Contains(hit.Id));
        }

        return found / (10.0 * queries.Count);
    }

    private static async Task<List<string>> AllAsync(TestShard shard)
    {
        var page = await shard.Shard.ScrollAsync(null, 10_000, null, PayloadSelector.All, VectorSelector.All);
        return [.. page.Points.Select(point =>
            $"{point.Id} {point.Version} {point.Payload} {string.Join(',', point.Vectors!.First().Value.ToArray())}")];
    }

    private static string BytesOf(params float[] vector) =>
        Encoding.Latin1.GetString(MemoryMarshal.AsBytes<float>(vector));

    /// <summary>All pages, a character a byte.</summary>
    private static async Task<string> PagesAsync(TestShard shard)
    {
        var pages = new List<byte[]>();
        await shard.Store.ReadPagesAsync(TestShard.Id, (_, length) =>
        {
            pages.Add(new byte[length]);
            return pages[^1];
        });
        return string.Concat(pages.Select(Encoding.Latin1.GetString));
    }
}
