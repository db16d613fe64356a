using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>What codes of each width cost of recall, and what rescoring and oversampling do.</summary>
public sealed class QuantizedRecallTests
{
    private const int Dimension = 96;
    private const int Count = 8_000;
    private const int Queries = 100;
    private const int Clusters = 40;

    // Goal: codes cost no recall silently. Method: recall@10 at the default efSearch beside that of a shard without
    // codes and the exact search.
    [Theory]
    [InlineData(VectorQuantization.Bits1)]
    [InlineData(VectorQuantization.Bits2)]
    [InlineData(VectorQuantization.Bits4)]
    [InlineData(VectorQuantization.Bits8)]
    public async Task Recall_by_codes_is_within_one_percent_of_that_by_vectors(VectorQuantization quantization)
    {
        await using var plain = await OpenAsync(VectorQuantization.None);
        await using var quantized = await OpenAsync(quantization);
        var byVectors = await RecallAsync(plain, null);
        Assert.True(byVectors > 0.9, $"by vectors {byVectors}");
        Assert.InRange(await RecallAsync(quantized, null), byVectors - 0.01, 1);
        Assert.InRange(await RecallAsync(quantized, new() { Ignore = true }), byVectors - 0.01, 1);
    }

    // Goal: oversampling decides how much is rescored, and rescoring whether distances are exact. Method: codes of 1
    // bit, which rank badly by themselves.
    [Fact]
    public async Task Oversampling_buys_recall_and_only_rescored_distances_are_exact()
    {
        await using var shard = await OpenAsync(VectorQuantization.Bits1);
        var alone = await RecallAsync(shard, new() { Rescore = false });
        var few = await RecallAsync(shard, new() { Oversampling = 2 });
        var many = await RecallAsync(shard, new() { Oversampling = 20 });
        Assert.True(alone + 0.05 < few && few + 0.05 < many, $"recall {alone}, {few}, {many}");

        var query = Vectors(Queries, seed: 2)[0];
        var exact = (await shard.SearchAsync(Search(query) with { Exact = true, Count = Count }))
            .ToDictionary(hit => hit.Id, hit => hit.Distance);
        foreach (var rescore in (bool[])[true, false])
        {
            var hits = await shard.SearchAsync(Search(query) with { Quantization = new() { Rescore = rescore } });
            Assert.Equal(rescore, hits.All(hit => hit.Distance == exact[hit.Id]));
        }
    }

    private static async Task<TestShard> OpenAsync(VectorQuantization quantization)
    {
        var settings = TestShard.QuantizedSettingsOf(Dimension, DistanceMetric.Euclidean, quantization);
        var shard = await TestShard.OpenAsync(settings);
        await shard.UpsertAsync([.. Vectors(Count, seed: 1).Select((vector, i) => new Point((ulong)i, vector))]);
        await shard.WaitUntilIndexedAsync();
        return shard;
    }

    private static async Task<double> RecallAsync(TestShard shard, QuantizationSearch? quantization)
    {
        var found = 0;
        foreach (var query in Vectors(Queries, seed: 2))
        {
            var exact = await shard.SearchAsync(Search(query) with { Exact = true });
            var hits = await shard.SearchAsync(Search(query) with { Quantization = quantization });
            found += hits.Select(hit => hit.Id).Intersect(exact.Select(hit => hit.Id)).Count();
        }

        return found / (10.0 * Queries);
    }

    /// <summary>Clusters that overlap.</summary>
    private static List<float[]> Vectors(int count, int seed)
    {
        var centres = new Random(0);
        var centre = Enumerable.Range(0, Clusters * Dimension).Select(_ => centres.NextSingle() - 0.5f).ToArray();
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var at = random.Next(Clusters) * Dimension;
            return Enumerable.Range(at, Dimension).Select(i => centre[i] + random.NextSingle() - 0.5f).ToArray();
        })];
    }

    private static ShardSearch Search(float[] query) => new() { VectorName = "", Query = query, Count = 10 };
}
