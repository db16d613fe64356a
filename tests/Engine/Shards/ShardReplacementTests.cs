using VectorCluster.Engine.Filters;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>A point that is replaced all the time is there all the time, once, by every way of asking.</summary>
public sealed class ShardReplacementTests
{
    private const int PointCount = 2_000;
    private const int Rounds = 40;

    private static readonly CollectionSettings Settings =
        TestShard.SettingsOf(2, DistanceMetric.Euclidean, exactScanThreshold: 1_000_000) with
        {
            PayloadIndexes = new Dictionary<string, PayloadIndexKind> { ["k"] = PayloadIndexKind.Keyword },
        };

    [Fact]
    public Task Get_finds_it() => WhileReplacedAsync(async shard =>
        (await shard.Shard.GetAsync([5UL], PayloadSelector.None, VectorSelector.None)).Count == 1);

    [Fact]
    public Task Search_by_its_id_finds_it_and_without_it_does_not() => WhileReplacedAsync(async shard =>
    {
        var condition = new HasIdCondition([0UL]);
        var search = ShardSearchTests.Search([0, 0], 5);
        var with = await shard.SearchAsync(search with { Filter = Filter.All(condition) });
        var without = await shard.SearchAsync(search with { Filter = Filter.None(condition) });
        return with.Count == 1 && without.Count == 5 && without.All(hit => hit.Id != 0UL);
    });

    [Fact]
    public Task Count_by_an_index_counts_it() => WhileReplacedAsync(async shard =>
        await shard.Shard.CountAsync(Filter.All(new MatchCondition("k", "x"))) == PointCount);

    // Goal: an index's counts are exact from the first point on. Method: points without payload first, one of them
    // deleted.
    [Fact]
    public async Task Index_counts_no_values_where_there_are_none()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync([.. Enumerable.Range(1, 3).Select(i => new Point((ulong)i, new float[] { i, 0 }))]);
        await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds(1UL)));
        await shard.UpsertAsync(new Point(4, new float[] { 4, 0 }, Payload.Parse("""{"other":1}""")));

        var filter = Filter.Any(new MatchCondition("k", "x"), new MatchCondition("other", 1));
        var hits = await shard.SearchAsync(ShardSearchTests.Search([0, 0], 10) with { Filter = filter });

        Assert.Equal((PointId)4UL, Assert.Single(hits).Id);
        Assert.Equal(0, (await shard.Shard.DescribeAsync()).PayloadIndexPoints["k"]);
    }

    [Fact]
    public void Changing_a_payload_for_ever_does_not_fill_the_index()
    {
        var index = new PayloadIndex("k", PayloadIndexKind.Keyword, _ => long.MaxValue, () => 0);
        for (var i = 0; i < 200_000; i++)
            index.Set(0, i % 2 == 0 ? """{"k":["a","c"]}"""u8 : """{"k":["b","c"]}"""u8);
        var places = new List<int>();
        foreach (var key in new[] { "a", "b", "c" })
            index.CollectPlaces(index.Keys.Find(System.Text.Encoding.UTF8.GetBytes(key)) + 1, places);

        Assert.InRange(places.Count, 2, 10_000);
        Assert.Equal(1, index.CountOf(index.Keys.Find("c"u8) + 1));
    }

    private static async Task WhileReplacedAsync(Func<TestShard, Task<bool>> holds)
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(Points(0));
        using var stop = new CancellationTokenSource();
        var faults = 0;
        var reader = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                if (!await holds(shard)) Interlocked.Increment(ref faults);
        });
        for (var round = 1; round <= Rounds; round++) await shard.UpsertAsync(Points(round));
        await stop.CancelAsync();
        await reader;

        Assert.Equal(0, faults);
    }

    private static List<Point> Points(int round) =>
    [
        .. Enumerable.Range(0, PointCount).Select(i => new Point(
            (ulong)i, new float[] { i + (0.001f * round), 0 }, Payload.Parse("""{"k":"x"}"""))),
    ];
}
