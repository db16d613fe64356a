using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>A shard whose searches walk by codes.</summary>
public sealed class QuantizedShardTests
{
    private const int Dimension = 40;
    private const int Count = 3_000;

    public static TheoryData<DistanceMetric> Metrics =>
        [DistanceMetric.Cosine, DistanceMetric.Dot, DistanceMetric.Euclidean];

    // Goal: codes cost no recall, also after a restart, and distances are those of the vectors. Method: the exact
    // search of the same shard as the oracle.
    [Theory]
    [MemberData(nameof(Metrics))]
    public async Task Codes_find_what_exact_search_finds_also_when_reopened(DistanceMetric metric)
    {
        await using var shard = await TestShard.OpenAsync(TestShard.QuantizedSettingsOf(Dimension, metric));
        await shard.UpsertAsync([.. Vectors(Count, seed: 1).Select((vector, i) => new Point((ulong)i, vector))]);
        await shard.WaitUntilIndexedAsync();
        await AssertFindsNearlyAllAsync(shard, filter: null);
        await shard.ReopenAsync();
        await AssertFindsNearlyAllAsync(shard, filter: null);
    }

    [Fact]
    public async Task Filtered_walk_by_codes_finds_what_exact_search_finds()
    {
        await using var shard =
            await TestShard.OpenAsync(TestShard.QuantizedSettingsOf(Dimension, DistanceMetric.Euclidean));
        await shard.UpsertAsync([.. Vectors(Count, seed: 1).Select((vector, i) =>
            new Point((ulong)i, vector, Payload.Parse($$"""{"half":{{i % 2}}}""")))]);
        await shard.WaitUntilIndexedAsync();
        var half = new MatchCondition(PayloadPath.Parse("half"), [1L]);
        await AssertFindsNearlyAllAsync(shard, new Filter { Must = [half] });
    }

    [Fact]
    public async Task Deleted_points_are_not_found_and_do_not_shorten_results()
    {
        await using var shard =
            await TestShard.OpenAsync(TestShard.QuantizedSettingsOf(Dimension, DistanceMetric.Cosine));
        var vectors = Vectors(Count, seed: 1);
        await shard.UpsertAsync([.. vectors.Select((vector, i) => new Point((ulong)i, vector))]);
        await shard.WaitUntilIndexedAsync();
        await shard.Shard.WriteAsync(new DeletePoints(
            PointSelector.ByIds([.. Enumerable.Range(0, Count / 2).Select(i => (PointId)(ulong)i)])));
        await AssertFindsNearlyAllAsync(shard, filter: null);
        var hits = await shard.SearchAsync(Search(vectors[0]));
        Assert.All(hits, hit => Assert.True(hit.Id.Bits >= Count / 2));
    }

    private static async Task AssertFindsNearlyAllAsync(TestShard shard, Filter? filter)
    {
        var found = 0;
        foreach (var query in Vectors(50, seed: 2))
        {
            var exact = await shard.SearchAsync(Search(query) with { Exact = true, Filter = filter });
            var near = await shard.SearchAsync(Search(query) with { Filter = filter });
            Assert.Equal(10, near.Count);
            var distances = exact.ToDictionary(hit => hit.Id, hit => hit.Distance);
            foreach (var hit in near)
            {
                if (!distances.TryGetValue(hit.Id, out var distance)) continue;
                Assert.Equal(distance, hit.Distance);
                found++;
            }
        }

        Assert.True(found >= 490, $"recall@10 is {found / 500.0}");
    }

    private static List<float[]> Vectors(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
            Enumerable.Range(0, Dimension).Select(_ => (random.NextSingle() * 2) - 1).ToArray())];
    }

    private static ShardSearch Search(float[] query) =>
        new() { VectorName = "", Query = query, Count = 10, EfSearch = 256 };
}
