using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

public sealed class ShardSearchTests
{
    private const int Dimension = 24;

    public static TheoryData<DistanceMetric> Metrics => [.. Enum.GetValues<DistanceMetric>()];

    // Goal: order values, kernels and graph fit together for every metric. Method: brute force in float64 as the
    // oracle.
    [Theory]
    [MemberData(nameof(Metrics))]
    public async Task Exact_search_equals_brute_force(DistanceMetric metric)
    {
        var vectors = RandomVectors(600, seed: 1);
        await using var shard = await TestShard.OpenAsync(TestShard.SettingsOf(Dimension, metric));
        await shard.UpsertAsync([.. vectors.Select((vector, i) => new Point((ulong)i, vector))]);

        foreach (var query in RandomVectors(20, seed: 2))
        {
            var hits = await shard.SearchAsync(Search(query, 10) with { Exact = true });
            var expected = vectors
                .Select((vector, i) => (Id: (PointId)(ulong)i, Distance: Distance(metric, query, vector)))
                .OrderBy(entry => entry.Distance)
                .Take(10)
                .ToList();
            Assert.Equal(expected.Select(entry => entry.Id), hits.Select(hit => hit.Id));
            foreach (var (hit, oracle) in hits.Zip(expected)) Assert.Equal(oracle.Distance, hit.Distance, 1e-3);
        }
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public async Task Graph_finds_nearly_what_exact_search_finds(DistanceMetric metric)
    {
        await using var shard = await TestShard.OpenAsync(TestShard.SettingsOf(Dimension, metric));
        await shard.UpsertAsync([.. RandomVectors(3000, seed: 3).Select((vector, i) => new Point((ulong)i, vector))]);
        await shard.WaitUntilIndexedAsync();

        var found = 0;
        foreach (var query in RandomVectors(100, seed: 4))
        {
            var exact = await shard.SearchAsync(Search(query, 10) with { Exact = true });
            var approximate = await shard.SearchWithPlanAsync(Search(query, 10) with { EfSearch = 128 });
            Assert.Equal(SearchPlan.Graph, approximate.Plan);
            found += approximate.Hits.Select(hit => hit.Id).Intersect(exact.Select(hit => hit.Id)).Count();
        }

        Assert.True(found >= 950, $"recall@10 is {found / 1000.0}");
    }

    // Goal: writes are visible at once, before the graph has them. Method: search right after each write.
    [Fact]
    public async Task Written_vector_is_found_at_once()
    {
        await using var shard = await TestShard.OpenAsync(TestShard.SettingsOf(Dimension, DistanceMetric.Euclidean));
        var vectors = RandomVectors(500, seed: 5);
        for (var i = 0; i < vectors.Count; i++)
        {
            await shard.UpsertAsync(new Point((ulong)i, vectors[i]));
            var hits = await shard.SearchAsync(Search(vectors[i], 1));
            Assert.Equal((PointId)(ulong)i, hits[0].Id);
        }
    }

    [Fact]
    public async Task Replaced_and_deleted_vectors_are_not_found_and_do_not_shorten_results()
    {
        await using var shard = await TestShard.OpenAsync(TestShard.SettingsOf(Dimension, DistanceMetric.Euclidean));
        var vectors = RandomVectors(1000, seed: 6);
        await shard.UpsertAsync([.. vectors.Select((vector, i) => new Point((ulong)i, vector))]);
        await shard.WaitUntilIndexedAsync();
        await shard.Shard.WriteAsync(
            new DeletePoints(PointSelector.ByIds([.. Enumerable.Range(0, 990).Select(i => (PointId)(ulong)i)])));
        await shard.UpsertAsync(new Point(995, vectors[0]));

        var hits = await shard.SearchAsync(Search(vectors[0], 10));

        Assert.Equal(10, hits.Count);
        Assert.Equal((PointId)995, hits[0].Id);
        Assert.All(hits, hit => Assert.True(hit.Id >= (PointId)990));
    }

    [Fact]
    public async Task Equal_distances_come_in_the_order_of_ids()
    {
        await using var shard = await TestShard.OpenAsync(TestShard.SettingsOf(2, DistanceMetric.Euclidean));
        PointId[] ids = ["b", 7, Guid.Parse("00000000-0000-0000-0000-000000000001"), "a", 3];
        await shard.UpsertAsync([.. ids.Select(id => new Point(id, new float[] { 1, 1 }))]);

        var hits = await shard.SearchAsync(Search([0, 0], 4) with { Exact = true });

        Assert.Equal(ids.Order().Take(4), hits.Select(hit => hit.Id));
    }

    [Fact]
    public async Task Hits_beyond_the_distance_bound_are_left_out()
    {
        await using var shard = await TestShard.OpenAsync(TestShard.SettingsOf(1, DistanceMetric.Manhattan));
        await shard.UpsertAsync([.. Enumerable.Range(0, 10).Select(i => new Point((ulong)i, new float[] { i }))]);

        var hits = await shard.SearchAsync(Search([0], 10) with { MaxDistance = 3 });

        Assert.Equal([0, 1, 2, 3], hits.Select(hit => (int)hit.Distance));
    }

    [Fact]
    public async Task Points_without_the_searched_vector_are_no_hits()
    {
        var settings = new CollectionSettings
        {
            Vectors = new Dictionary<string, VectorSettings>
            {
                ["a"] = new(2, DistanceMetric.Euclidean),
                ["b"] = new(3, DistanceMetric.Euclidean),
            },
        };
        await using var shard = await TestShard.OpenAsync(settings);
        await shard.UpsertAsync(
            new Point(1, Named(("a", [0, 0]))),
            new Point(2, Named(("b", [0, 0, 0]))),
            new Point(3, Named(("a", [1, 1]), ("b", [1, 1, 1]))));

        var onA = await shard.SearchAsync(Search([0, 0], 10) with { VectorName = "a" });
        var onB = await shard.SearchAsync(Search([0, 0, 0], 10) with { VectorName = "b" });

        Assert.Equal([1, 3], onA.Select(hit => hit.Id));
        Assert.Equal([2, 3], onB.Select(hit => hit.Id));
    }

    internal static List<float[]> RandomVectors(int count, int seed, int dimension = Dimension)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimension)
            .Select(_ => (random.NextSingle() * 2) - 1).ToArray())];
    }

    internal static ShardSearch Search(float[] query, int count) =>
        new() { VectorName = "", Query = query, Count = count };

    private static VectorSet Named(params (string Name, float[] Vector)[] vectors) =>
        new([.. vectors.Select(entry => KeyValuePair.Create(entry.Name, (ReadOnlyMemory<float>)entry.Vector))]);

    private static double Distance(DistanceMetric metric, float[] a, float[] b)
    {
        var dot = a.Zip(b, (x, y) => (double)x * y).Sum();
        return metric switch
        {
            DistanceMetric.Cosine => 1 - (dot / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x))),
            DistanceMetric.Dot => -dot,
            DistanceMetric.Euclidean => Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * (x - y)).Sum()),
            _ => a.Zip(b, (x, y) => Math.Abs((double)x - y)).Sum(),
        };
    }
}
