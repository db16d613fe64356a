using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>A copy that is loaded beside the owner and becomes the shard.</summary>
public sealed class WarmShardTests
{
    private const int Dimension = 8;
    private static readonly TimeSpan Hold = TimeSpan.FromHours(1);
    private static readonly ShardOptions Always = new() { SmallLogBytes = 0 };

    private static readonly CollectionSettings Settings =
        TestShard.SettingsOf(Dimension, DistanceMetric.Euclidean, exactScanThreshold: 20) with
        {
            PayloadIndexes = new Dictionary<string, PayloadIndexKind> { ["n"] = PayloadIndexKind.Integer },
        };

    private static List<Point> Points(int first, int count, int seed) =>
    [
        .. ShardSearchTests.RandomVectors(count, seed, Dimension).Select((vector, i) => new Point(
            (ulong)(first + i), vector, Payload.Parse($$"""{"n":{{(first + i) % 7}},"seed":{{seed}}}"""))),
    ];

    private static async Task ChangeAsync(Shard shard, int seed)
    {
        await shard.WriteAsync(new UpsertPoints(Points(1_000 * seed, 60, seed)));
        await shard.WriteAsync(new UpsertPoints(Points(50 * seed, 20, seed + 100)));
        await shard.WriteAsync(new DeletePoints(PointSelector.ByIds(
            [.. Enumerable.Range(100 * seed, 15).Select(id => (PointId)(ulong)id)])));
        await shard.WriteAsync(new ChangePayload(
            PointSelector.ByFilter(new Filter { Must = [new HasIdCondition([(ulong)(1_000 * seed)])] }),
            new SetPayload(Payload.Parse($$"""{"n":{{seed}}}"""))));
    }

    /// <summary>All points, what payload indexes count, and what searches of the graph find and visit.</summary>
    private static async Task<string> ReadAsync(Shard shard)
    {
        var all = await shard.ScrollAsync(null, 10_000, null, PayloadSelector.All, VectorSelector.All);
        var lines = all.Points.Select(point =>
        {
            Assert.True(point.Vectors!.TryGet("", out var vector));
            return $"{point.Id} {point.Version} {point.Payload} {string.Join(',', vector.ToArray())}";
        }).ToList();
        for (var n = 0; n < 7; n++)
            lines.Add($"{n}: {await shard.CountAsync(new Filter
            {
                Must = [new MatchCondition(PayloadPath.Parse("n"), [(long)n])],
            })}");
        foreach (var query in ShardSearchTests.RandomVectors(40, seed: 9, Dimension))
        {
            var found = (await shard.SearchAsync([ShardSearchTests.Search(query, 10) with { EfSearch = 12 }]))[0];
            lines.Add($"search {found.Plan} {found.Visited}: {string.Join(' ', found.Hits.Select(hit => hit.Place))}");
        }

        return string.Join('\n', lines);
    }

    private static async Task IndexedAsync(Shard shard)
    {
        while ((await shard.DescribeAsync()).UnindexedVectorCount > 0) await Task.Yield();
    }

    // Goal: what a promoted copy saves is whole. Method: its incremental checkpoint is loaded cold; points, indexes and
    // the course of graph searches are the same.
    [Fact]
    public async Task A_checkpoint_of_a_promoted_copy_is_loaded_as_what_the_copy_was()
    {
        await using var shard = await TestShard.OpenAsync(Settings, Always);
        using var threads = new EngineThreads(2, 2);
        await shard.UpsertAsync(Points(0, 600, seed: 1));
        await shard.WaitUntilIndexedAsync();
        await ChangeAsync(shard.Shard, 2);
        using var hold = await shard.Shard.PrepareMoveAsync(Hold);
        using var warm = await WarmShard.LoadAsync(TestShard.Id, Settings, shard.Faults);
        await warm.RehearseAsync(threads);
        await ChangeAsync(shard.Shard, 3);
        Assert.True(await warm.CatchUpAsync());
        await ChangeAsync(shard.Shard, 4);
        await shard.WaitUntilIndexedAsync();
        await shard.Shard.CloseWithoutCheckpointAsync();
        var calls = shard.Faults.Calls.Count;

        string before;
        await using (var moved = await Shard.OpenAsync(
            TestShard.Id, Settings, shard.Faults, threads, Always, warm: warm))
        {
            Assert.Equal(["Acquire", "Read"], shard.Faults.Calls.Skip(calls));
            await ChangeAsync(moved, 5);
            await IndexedAsync(moved);
            before = await ReadAsync(moved);
        }

        Assert.Contains("WriteCheckpoint", shard.Faults.Calls.Skip(calls));
        await using var cold = await Shard.OpenAsync(TestShard.Id, Settings, shard.Faults, threads, Always);
        Assert.Equal(before, await ReadAsync(cold));
    }

    [Fact]
    public async Task A_copy_of_a_checkpoint_that_was_replaced_is_not_used()
    {
        await using var shard = await TestShard.OpenAsync(Settings, Always);
        using var threads = new EngineThreads(2, 2);
        await shard.UpsertAsync(Points(0, 300, seed: 1));
        (await shard.Shard.PrepareMoveAsync(Hold)).Dispose();
        using var warm = await WarmShard.LoadAsync(TestShard.Id, Settings, shard.Faults);
        await ChangeAsync(shard.Shard, 2);
        using var hold = await shard.Shard.PrepareMoveAsync(Hold);
        await shard.WaitUntilIndexedAsync();
        await ChangeAsync(shard.Shard, 3);
        await shard.WaitUntilIndexedAsync();
        var before = await ReadAsync(shard.Shard);
        await shard.Shard.CloseWithoutCheckpointAsync();
        var calls = shard.Faults.Calls.Count;

        await using var moved = await Shard.OpenAsync(
            TestShard.Id, Settings, shard.Faults, threads, Always, warm: warm);

        Assert.Contains("ReadPages", shard.Faults.Calls.Skip(calls));
        await IndexedAsync(moved);
        Assert.Equal(Contents(before), Contents(await ReadAsync(moved)));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => warm.CatchUpAsync());
    }

    // Goal: pages of two checkpoints never mix. Method: the owner deletes, which moves no page, and checkpoints between
    // the manifest and the pages, once or each time; the copy that came of it is of the newest checkpoint, so it is
    // used.
    [Theory]
    [InlineData(1, true)]
    [InlineData(100, false)]
    public async Task A_checkpoint_that_comes_while_a_copy_is_loaded_is_noticed(int times, bool isLoaded)
    {
        await using var shard = await TestShard.OpenAsync(Settings, Always);
        using var threads = new EngineThreads(2, 2);
        await shard.UpsertAsync(Points(0, 300, seed: 1));
        await shard.WaitUntilIndexedAsync();
        (await shard.Shard.PrepareMoveAsync(Hold)).Dispose();
        var done = 0;
        shard.Faults.Before = async (call, _, _) =>
        {
            if (call != "ReadPages" || done >= times) return;
            await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds((ulong)++done)));
            (await shard.Shard.PrepareMoveAsync(Hold)).Dispose();
        };

        var loading = WarmShard.LoadAsync(TestShard.Id, Settings, shard.Faults);
        if (!isLoaded)
        {
            await Assert.ThrowsAsync<StaleCopyException>(() => loading);
            return;
        }

        using var warm = await loading;
        Assert.Equal((await shard.Shard.DescribeAsync()).LastLsn, warm.AppliedLsn);
        using var hold = await shard.Shard.PrepareMoveAsync(Hold);
        await shard.Shard.CloseWithoutCheckpointAsync();
        var calls = shard.Faults.Calls.Count;
        await using var moved = await Shard.OpenAsync(
            TestShard.Id, Settings, shard.Faults, threads, Always, warm: warm);
        Assert.DoesNotContain("ReadPages", shard.Faults.Calls.Skip(calls));
        Assert.Equal(299, await moved.CountAsync(null));
    }

    // Goal: a copy loaded from the held checkpoint stays of use. Method: everything that makes a checkpoint due.
    [Fact]
    public async Task A_hold_keeps_checkpoints_away_until_it_is_called_off()
    {
        var time = new Embedded.Tests.ManualTime();
        await using var shard = await TestShard.OpenAsync(
            Settings, Always with { CheckpointLogBytes = 1, CheckpointGraphPlaces = 1 }, time);
        await shard.UpsertAsync(Points(0, 100, seed: 1));
        var hold = await shard.Shard.PrepareMoveAsync(Hold);
        var lsn = (await shard.Store.ReadManifestAsync(TestShard.Id))!.Lsn;
        for (var seed = 2; seed < 5; seed++)
        {
            await ChangeAsync(shard.Shard, seed);
            await shard.WaitUntilIndexedAsync();
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(lsn, (await shard.Store.ReadManifestAsync(TestShard.Id))!.Lsn);
        hold.Dispose();
        await shard.UpsertAsync(Points(9_000, 1, seed: 1));
        while ((await shard.Store.ReadManifestAsync(TestShard.Id))!.Lsn == lsn) await Task.Yield();
    }

    // Method: copies that fit by their LSNs, of another shard and of vectors with another metric.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_copy_of_another_shard_or_of_other_vectors_is_not_used(bool isOfAnotherShard)
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        using var threads = new EngineThreads(2, 2);
        await shard.UpsertAsync(Points(0, 10, seed: 1));
        var other = TestShard.Id with { Index = 3 };
        await using (var opened = await Shard.OpenAsync(other, Settings, shard.Faults, threads))
            await opened.WriteAsync(new UpsertPoints(Points(500, 3, seed: 2)));
        using var warm = await WarmShard.LoadAsync(
            isOfAnotherShard ? other : TestShard.Id,
            isOfAnotherShard ? Settings : TestShard.SettingsOf(Dimension, DistanceMetric.Dot),
            shard.Faults);
        await shard.Shard.CloseWithoutCheckpointAsync();

        await using var moved = await Shard.OpenAsync(TestShard.Id, Settings, shard.Faults, threads, warm: warm);

        Assert.Equal(10, await moved.CountAsync(null));
        var vector = ShardSearchTests.RandomVectors(1, 1, Dimension)[0];
        var hits = await moved.SearchAsync([ShardSearchTests.Search(vector, 1)]);
        Assert.Equal(0, Assert.Single(hits[0].Hits).Distance);
    }

    private static string Contents(string read) =>
        string.Join('\n', read.Split('\n').Where(line => !line.StartsWith("search", StringComparison.Ordinal)));
}
