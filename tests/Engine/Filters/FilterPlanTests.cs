using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Tests.Shards;

namespace VectorCluster.Engine.Tests.Filters;

/// <summary>Every plan of a filtered search finds the nearest matches, and as many as there are.</summary>
public sealed class FilterPlanTests
{
    private const int Dimension = 40;
    private const int Count = 3_000;
    private const int Wanted = 10;

    public static TheoryData<SearchPlan, DistanceMetric, VectorQuantization> Plans
    {
        get
        {
            var plans = new TheoryData<SearchPlan, DistanceMetric, VectorQuantization>();
            foreach (var metric in new[] { DistanceMetric.Cosine, DistanceMetric.Euclidean })
            {
                foreach (var plan in new[] { SearchPlan.FilteredGraph, SearchPlan.Scan, SearchPlan.IndexedScan })
                    plans.Add(plan, metric, VectorQuantization.None);
                foreach (var quantization in new[] { VectorQuantization.Bits2, VectorQuantization.Bits4 })
                {
                    plans.Add(SearchPlan.FilteredGraph, metric, quantization);
                    plans.Add(SearchPlan.CodeScan, metric, quantization);
                    plans.Add(SearchPlan.IndexedCodeScan, metric, quantization);
                }
            }

            return plans;
        }
    }

    // Goal: a plan decides how fast a search is, not what it finds. Method: filters of many, some and a few matches, on
    // a shard with deleted, replaced and relabelled points, compared with a scan of the model.
    [Theory]
    [MemberData(nameof(Plans))]
    public async Task Plan_finds_the_nearest_matches(
        SearchPlan plan, DistanceMetric metric, VectorQuantization quantization)
    {
        await using var shard = await OpenAsync(metric, quantization);
        var model = await FillAsync(shard);
        foreach (var label in new[] { "half", "tenth", "rare" })
        {
            var matches = model.Where(entry => entry.Value.Label.Split(' ').Contains(label)).ToList();
            var (found, possible) = (0, 0);
            foreach (var query in ShardSearchTests.RandomVectors(30, seed: 2, Dimension))
            {
                var answer = await shard.SearchWithPlanAsync(SearchOf(query, label) with { Plan = plan });
                var nearest = matches.OrderBy(entry => Distance(metric, query, entry.Value.Vector)).Take(Wanted)
                    .Select(entry => (PointId)entry.Key).ToList();
                if (plan != SearchPlan.FilteredGraph) Assert.Equal(plan, answer.Plan); // a walk may give up
                Assert.Equal(nearest.Count, answer.Hits.Count);
                Assert.Equal(answer.Hits.Count, answer.Hits.Select(hit => hit.Id).Distinct().Count());
                foreach (var hit in answer.Hits)
                {
                    var (vector, labels) = model[(ulong)hit.Id.Bits];
                    Assert.Contains(label, labels.Split(' '));
                    Assert.Equal(Distance(metric, query, vector), hit.Distance, 1e-3);
                }

                found += answer.Hits.Count(hit => nearest.Contains(hit.Id));
                possible += nearest.Count;
            }

            Assert.True(found >= 0.95 * possible, $"recall@10 of {label} is {(double)found / possible}");
        }
    }

    // Goal: a walk that finds nothing near the query does not come back with less than there is. Method: a label that
    // only the farthest points have, so few that ef of them are far away, in a shard large enough to walk.
    [Theory]
    [InlineData(VectorQuantization.None)]
    [InlineData(VectorQuantization.Bits4)]
    public async Task Walk_away_from_all_matches_finds_them(VectorQuantization quantization)
    {
        await using var shard = await OpenAsync(DistanceMetric.Euclidean, quantization);
        var vectors = ShardSearchTests.RandomVectors(Count, seed: 1, Dimension);
        var query = vectors[0];
        var far = vectors.OrderByDescending(vector => Distance(DistanceMetric.Euclidean, query, vector)).Take(20)
            .Select(vector => vectors.IndexOf(vector)).ToHashSet();
        await shard.UpsertAsync([.. vectors.Select((vector, i) => PointOf(i, vector, far.Contains(i) ? "far" : ""))]);
        await shard.WaitUntilIndexedAsync();

        var answer = await shard.SearchWithPlanAsync(
            SearchOf(query, "far") with { Plan = SearchPlan.FilteredGraph, EfSearch = Wanted });

        Assert.Equal(Wanted, answer.Hits.Count);
        Assert.All(answer.Hits, hit => Assert.Contains((int)hit.Id.Bits, far));
    }

    // Goal: points that the graph does not have yet are found by every plan. Method: search right after each write, in
    // a shard that has a graph.
    [Theory]
    [InlineData(SearchPlan.FilteredGraph)]
    [InlineData(SearchPlan.CodeScan)]
    [InlineData(SearchPlan.IndexedCodeScan)]
    public async Task Written_match_is_found_at_once(SearchPlan plan)
    {
        await using var shard = await OpenAsync(DistanceMetric.Euclidean, VectorQuantization.Bits4);
        await FillAsync(shard);
        var id = Count;
        foreach (var vector in ShardSearchTests.RandomVectors(200, seed: 5, Dimension))
        {
            await shard.UpsertAsync(PointOf(id, vector, "half"));
            var hits = await shard.SearchAsync(SearchOf(vector, "half") with { Plan = plan });
            Assert.Equal((PointId)(ulong)id++, hits[0].Id);
        }
    }

    private static async Task<TestShard> OpenAsync(DistanceMetric metric, VectorQuantization quantization)
    {
        var indexes = new Dictionary<string, PayloadIndexKind> { ["label"] = PayloadIndexKind.Keyword };
        return await TestShard.OpenAsync(
            TestShard.QuantizedSettingsOf(Dimension, metric, quantization) with { PayloadIndexes = indexes });
    }

    private static async Task<Dictionary<ulong, (float[] Vector, string Label)>> FillAsync(TestShard shard)
    {
        var model = new Dictionary<ulong, (float[] Vector, string Label)>();
        var vectors = ShardSearchTests.RandomVectors(2 * Count, seed: 1, Dimension);
        for (var i = 0; i < Count; i++) model[(ulong)i] = (vectors[i], LabelOf(i));
        await shard.UpsertAsync([.. Enumerable.Range(0, Count).Select(i => PointOf(i, vectors[i], LabelOf(i)))]);
        await shard.WaitUntilIndexedAsync();

        var deleted = Enumerable.Range(0, Count).Where(i => i % 7 == 0).Select(i => (ulong)i).ToList();
        await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds([.. deleted.Select(id => (PointId)id)])));
        foreach (var id in deleted) model.Remove(id);
        var replaced = model.Keys.Where(id => id % 11 == 0).ToList();
        foreach (var id in replaced) model[id] = (vectors[Count + (int)id], model[id].Label);
        await shard.UpsertAsync([.. replaced.Select(id => PointOf((int)id, model[id].Vector, model[id].Label))]);

        foreach (var id in model.Keys.Where(id => id % 50 == 1).ToList())
        {
            await RelabelAsync(id, "none");
            if (id % 100 == 1) await RelabelAsync(id, model[id].Label); // away and back: listed twice
            else model[id] = (model[id].Vector, "none");
        }

        return model;

        async Task RelabelAsync(ulong id, string label) => await shard.Shard.WriteAsync(
            new ChangePayload(PointSelector.ByIds((PointId)id), new OverwritePayload(PayloadOf(label))));
    }

    private static string LabelOf(int i)
    {
        var labels = new List<string>();
        if (i % 2 == 0) labels.Add("half");
        if (i % 10 == 1) labels.Add("tenth");
        if (i % 600 == 3) labels.Add("rare");
        return string.Join(' ', labels);
    }

    private static Point PointOf(int i, float[] vector, string label) => new((ulong)i, vector, PayloadOf(label));

    private static Payload PayloadOf(string labels) =>
        Payload.Parse($$"""{"label":[{{string.Join(',', labels.Split(' ').Select(label => $"\"{label}\""))}}]}""");

    private static ShardSearch SearchOf(float[] query, string label) =>
        ShardSearchTests.Search(query, Wanted) with { Filter = Filter.All(new MatchCondition("label", label)) };

    private static double Distance(DistanceMetric metric, float[] a, float[] b)
    {
        var dot = a.Zip(b, (x, y) => (double)x * y).Sum();
        return metric == DistanceMetric.Euclidean
            ? Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * (x - y)).Sum())
            : 1 - (dot / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x)));
    }
}
