using System.Collections.Concurrent;
using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>Concurrent writers and readers, and random histories with reopening, against a model.</summary>
public sealed class ShardStressTests
{
    private const int IdCount = 2_000;

    // Goal: searches beside upserts, replacements, deletions and repairs see each point at most once, never a
    // half-written or a deleted one, and never come back short, whatever their plan; and what is left is what was
    // written. Method: every point's vector and payload carry the same number; two writers with ids and a model of
    // their own, four readers.
    [Theory]
    [InlineData(VectorQuantization.None)]
    [InlineData(VectorQuantization.Bits4)]
    public async Task Readers_see_whole_points_while_writers_work(VectorQuantization quantization)
    {
        var settings =
            TestShard.QuantizedSettingsOf(2, DistanceMetric.Euclidean, quantization, exactScanThreshold: 500);
        var indexes = new Dictionary<string, PayloadIndexKind> { ["number"] = PayloadIndexKind.Integer };
        await using var shard = await TestShard.OpenAsync(
            settings with { PayloadIndexes = indexes }, new() { RepairShare = 0.02, RepairPlaces = 1 });
        await shard.UpsertAsync([.. Enumerable.Range(0, IdCount).Select(i => Numbered((ulong)i, i))]);
        var model = new ConcurrentDictionary<PointId, int>(
            Enumerable.Range(0, IdCount).Select(i => KeyValuePair.Create((PointId)(ulong)i, i)));
        using var stop = new CancellationTokenSource();
        var faults = new ConcurrentBag<string>();
        var readers = Enumerable.Range(0, 4).Select(seed => ReadAsync(seed)).ToList();

        await Task.WhenAll(WriteAsync(seed: 11, parity: 0), WriteAsync(seed: 12, parity: 1));
        await stop.CancelAsync();
        await Task.WhenAll(readers);

        Assert.Empty(faults);
        var page = await shard.Shard.ScrollAsync(null, IdCount, null, PayloadSelector.All, VectorSelector.None);
        Assert.Equal(
            model.OrderBy(entry => entry.Key).Select(entry => $$"""{{entry.Key}} {"number":{{entry.Value}}}"""),
            page.Points.Select(point => $"{point.Id} {point.Payload}"));

        async Task WriteAsync(int seed, int parity)
        {
            var random = new Random(seed);
            for (var round = 0; round < 150; round++)
            {
                var ids = Enumerable.Range(0, 20).Select(_ => (ulong)((random.Next(IdCount / 2) * 2) + parity))
                    .Distinct().ToList();
                if (random.Next(4) == 0)
                {
                    await shard.Shard.WriteAsync(
                        new DeletePoints(PointSelector.ByIds([.. ids.Select(id => (PointId)id)])));
                    foreach (var id in ids) model.TryRemove(id, out _);
                    continue;
                }

                var numbers = ids.ToDictionary(id => id, _ => random.Next(IdCount));
                await shard.UpsertAsync([.. ids.Select(id => Numbered(id, numbers[id]))]);
                foreach (var (id, number) in numbers) model[id] = number;
            }
        }

        async Task ReadAsync(int seed)
        {
            var random = new Random(seed);
            while (!stop.IsCancellationRequested)
            {
                var wanted = new float[] { random.Next(IdCount), 0 };
                var isFiltered = random.Next(2) == 0;
                var plan = (SearchPlan)random.Next(Enum.GetValues<SearchPlan>().Length);
                var hits = await shard.SearchAsync(ShardSearchTests.Search(wanted, 50) with
                {
                    WithPayload = PayloadSelector.All,
                    WithVectors = VectorSelector.All,
                    Plan = plan,
                    Filter = isFiltered ? Filter.All(new RangeCondition("number") { Gte = 0 }) : null,
                });
                if (hits.Count != 50) faults.Add($"{hits.Count} hits, filtered: {isFiltered}, {plan}");
                if (hits.Select(hit => hit.Id).Distinct().Count() != hits.Count) faults.Add("the same point twice");
                foreach (var hit in hits)
                {
                    hit.Point!.Vectors!.TryGet("", out var vector);
                    if (hit.Point.Payload!.ToString() != $$"""{"number":{{vector.Span[0]}}}""") faults.Add(
                        $"torn point {hit}");
                }
            }
        }
    }

    // Goal: any history of writes, with the shard closed and opened between, ends in what a dictionary holds.
    [Fact]
    public void Random_history_equals_the_model()
    {
        var recall = new List<double>();
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
            RunHistoryAsync(seed, recall).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20));
        Assert.True(recall.Average() >= 0.99, $"recall@10 is {recall.Average()}");
    }

    private static Point Numbered(ulong id, int number) =>
        new(id, new float[] { number, 0 }, Payload.Parse($$"""{"number":{{number}}}"""));

    private static async Task RunHistoryAsync(int seed, List<double> recall)
    {
        var random = new Random(seed);
        var model = new Dictionary<PointId, int>();
        await using var shard = await TestShard.OpenAsync(
            TestShard.SettingsOf(2, DistanceMetric.Euclidean, exactScanThreshold: 50),
            new()
            {
                CheckpointGraphPlaces = 40,
                CheckpointLogBytes = 4_000,
                RepairShare = 0.1,
                RepairPlaces = 1,
            });
        for (var step = 0; step < 60; step++)
        {
            var ids = Enumerable.Range(0, 1 + random.Next(20)).Select(_ => (ulong)random.Next(150)).Distinct().ToList();
            switch (random.Next(8))
            {
                case 0:
                    await shard.Shard.WriteAsync(
                        new DeletePoints(PointSelector.ByIds([.. ids.Select(id => (PointId)id)])));
                    foreach (var id in ids) model.Remove(id);
                    break;
                case 1:
                    var bound = random.Next(1000);
                    var below = Filter.All(new RangeCondition("number") { Lt = bound / 10 });
                    await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByFilter(below)));
                    foreach (var id in model.Where(entry => entry.Value < bound / 10).Select(entry => entry.Key)
                        .ToList())
                        model.Remove(id);
                    break;
                case 2:
                    await shard.ReopenAsync();
                    break;
                default:
                    var numbers = ids.ToDictionary(id => id, _ => random.Next(1000));
                    await shard.UpsertAsync([.. ids.Select(id => Numbered(id, numbers[id]))]);
                    foreach (var (id, number) in numbers) model[id] = number;
                    break;
            }

            await CompareAsync(shard, model, random, recall);
        }
    }

    private static async Task CompareAsync(
        TestShard shard, Dictionary<PointId, int> model, Random random, List<double> recall)
    {
        var page = await shard.Shard.ScrollAsync(null, 1000, null, PayloadSelector.All, VectorSelector.All);
        Assert.Equal(model.Keys.Order(), page.Points.Select(point => point.Id));
        foreach (var point in page.Points)
        {
            Assert.Equal($$"""{"number":{{model[point.Id]}}}""", point.Payload!.ToString());
            Assert.True(point.Vectors!.TryGet("", out var vector));
            Assert.Equal(model[point.Id], vector.Span[0]);
        }

        var query = random.Next(1000);
        var search = ShardSearchTests.Search([query, 0], 10);
        var nearest = model.Values.Select(number => (float)Math.Abs(number - query)).Order().Take(10).ToList();
        var exact = await shard.SearchAsync(search with { Exact = true });
        Assert.Equal(nearest, exact.Select(hit => hit.Distance));

        // The graph is approximate, but never short, never wrong about a point, and here nearly always complete.
        var found = await shard.SearchAsync(search);
        Assert.Equal(nearest.Count, found.Count);
        Assert.All(found, hit => Assert.Equal(Math.Abs(model[hit.Id] - query), hit.Distance));
        recall.Add(nearest.Count == 0 ? 1 : found.Count(hit => hit.Distance <= nearest[^1]) / (double)nearest.Count);
    }
}
