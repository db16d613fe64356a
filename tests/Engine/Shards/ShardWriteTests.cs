using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

public sealed class ShardWriteTests
{
    private static readonly CollectionSettings Settings = TestShard.SettingsOf(2, DistanceMetric.Euclidean);

    private static Point Point(ulong id, string payload = "{}") =>
        new(id, new float[] { id, 0 }, Payload.Parse(payload));

    [Fact]
    public async Task Each_write_gets_the_next_lsn()
    {
        await using var shard = await TestShard.OpenAsync(Settings);

        var first = await shard.UpsertAsync(Point(1), Point(2));
        var second = await shard.UpsertAsync(Point(3));

        Assert.Equal((new Lsn(1), 2), (first.Lsn, first.PointCount));
        Assert.Equal((new Lsn(2), 1), (second.Lsn, second.PointCount));
    }

    // Goal: nothing acknowledged is lost, with and without a checkpoint between. Method: write, close, open, compare.
    [Fact]
    public async Task Reopened_shard_holds_every_write()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(Point(1, """{"a":1}"""), Point(2), new("text id", new float[] { 5, 5 }));
        await shard.ReopenAsync();
        await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds(2UL)));
        await shard.Shard.WriteAsync(
            new ChangePayload(PointSelector.ByIds(1UL), new SetPayload(Payload.Parse("""{"b":2}"""))));
        await shard.ReopenAsync();

        var page = await shard.Shard.ScrollAsync(null, 10, null, PayloadSelector.All, VectorSelector.All);

        Assert.Equal(["1", "text id"], page.Points.Select(point => point.Id.ToString()));
        Assert.Equal("""{"a":1,"b":2}""", page.Points[0].Payload!.ToString());
        Assert.Equal(new Lsn(3), page.Points[0].Version);
        Assert.True(page.Points[1].Vectors!.TryGet("", out var vector));
        Assert.Equal([5, 5], vector.ToArray());
    }

    [Fact]
    public async Task Deletion_by_filter_sees_the_writes_before_it()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        var writes = new List<Task<WriteReceipt>>();
        for (var i = 0UL; i < 200; i++)
        {
            writes.Add(shard.UpsertAsync(Point(i, """{"old":true}""")));
            if (i % 10 == 9)
                writes.Add(shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByFilter(
                    Filter.All(new MatchCondition("old", true))))));
        }

        var receipts = await Task.WhenAll(writes);

        Assert.Equal(0, await shard.Shard.CountAsync(null));
        Assert.Equal(200, receipts.Where((_, i) => i % 11 == 10).Sum(receipt => receipt.PointCount));
    }

    [Fact]
    public async Task Payload_change_of_a_missing_point_changes_nothing()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(Point(1));

        var change =
            new ChangePayload(PointSelector.ByIds(1UL, 2UL), new OverwritePayload(Payload.Parse("""{"x":1}""")));
        await Assert.ThrowsAsync<NotFoundException>(() => shard.Shard.WriteAsync(change));

        var points = await shard.Shard.GetAsync([1UL], PayloadSelector.All, VectorSelector.None);
        Assert.Equal("{}", points[0].Payload!.ToString());
    }

    public static TheoryData<string, PayloadChange, string> Changes => new()
    {
        { """{"a":1,"b":{"c":2}}""", new SetPayload(Payload.Parse("""{"a":9}""")), """{"a":9,"b":{"c":2}}""" },
        { """{"b":{"c":2}}""", new SetPayload(Payload.Parse("""{"d":3}"""), "b"), """{"b":{"c":2,"d":3}}""" },
        { """{"a":1}""", new SetPayload(Payload.Parse("""{"d":3}"""), "b.x"), """{"a":1,"b":{"x":{"d":3}}}""" },
        { """{"a":1}""", new OverwritePayload(Payload.Parse("""{"z":0}""")), """{"z":0}""" },
        { """{"a":1,"b":{"c":2,"d":3}}""", new DeletePayloadKeys(["a", "b.c", "nothing.here"]), """{"b":{"d":3}}""" },
        { """{"a":[{"x":1,"y":2},{"x":3}]}""", new DeletePayloadKeys(["a[].x"]), """{"a":[{"y":2},{}]}""" },
        { """{"a":1}""", new ClearPayload(), "{}" },
        { """{"n":1.50,"t":"ü\"\\"}""", new SetPayload(Payload.Parse("""{"m":1e3}""")),
            """{"n":1.50,"t":"ü\"\\","m":1e3}""" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Payload_change_does_what_it_says(string before, PayloadChange change, string after)
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(Point(1, before));

        await shard.Shard.WriteAsync(new ChangePayload(PointSelector.ByIds(1UL), change));

        var points = await shard.Shard.GetAsync([1UL], PayloadSelector.All, VectorSelector.None);
        Assert.Equal(after, points[0].Payload!.ToString());
    }

    // Goal: one writer. Method: somebody else takes ownership; the deposed shard must refuse and end.
    [Fact]
    public async Task Deposed_shard_refuses_writes_and_ends()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(Point(1));
        var owner = await shard.Store.AcquireAsync(TestShard.Id);

        await Assert.ThrowsAsync<ShardClosedException>(() => shard.UpsertAsync(Point(2)));

        await shard.Shard.Ended;
        Assert.Equal(new Lsn(1), owner.LastLsn);
    }

    // Goal: callers may ask at each call. Method: whatever asking left behind at tasks that live as long as the shard
    // would have to be allocated first.
    [Fact]
    public async Task Asking_whether_the_shard_has_ended_leaves_nothing_behind()
    {
        await using var shard = await TestShard.OpenAsync(Settings);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var hasEnded = shard.Shard.Ended.IsCompleted;

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.False(hasEnded);
    }

    [Fact]
    public async Task Closed_shard_refuses_reads_and_writes()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        var closed = shard.Shard;
        await shard.ReopenAsync();

        await Assert.ThrowsAsync<ShardClosedException>(() => closed.WriteAsync(new UpsertPoints([Point(1)])));
        await Assert.ThrowsAsync<ShardClosedException>(() => closed.CountAsync(null));
    }

    [Fact]
    public async Task Writes_beyond_the_queue_are_refused_as_overload_and_the_others_done()
    {
        await using var shard = await TestShard.OpenAsync(Settings, new() { MaxQueuedBytes = 50_000 });
        var payload = Payload.Parse($$"""{"text":"{{new string('x', 10_000)}}"}""");
        var writes = Enumerable.Range(0, 500)
            .Select(i => TryAsync(new Point((ulong)i, new float[] { 0, 0 }, payload)))
            .ToList();

        var outcomes = await Task.WhenAll(writes);

        Assert.Contains(false, outcomes);
        Assert.Equal(outcomes.Count(isDone => isDone), await shard.Shard.CountAsync(null));

        async Task<bool> TryAsync(Point point)
        {
            try
            {
                await shard.UpsertAsync(point);
                return true;
            }
            catch (OverloadedException)
            {
                return false;
            }
        }
    }

    // Goal: payload indexes come and go without a trace in the answers. Method: count by a filter before, with, and
    // after.
    [Fact]
    public async Task Payload_index_can_be_added_and_dropped()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(
            [.. Enumerable.Range(0, 500).Select(i => Point((ulong)i, $$"""{"group":"g{{i % 5}}"}"""))]);
        var filter = Filter.All(new MatchCondition("group", "g3"));
        var withIndex = Settings with
        {
            PayloadIndexes = new Dictionary<string, PayloadIndexKind> { ["group"] = PayloadIndexKind.Keyword },
        };

        var before = await shard.Shard.CountAsync(filter);
        await shard.Shard.ApplySettingsAsync(withIndex);
        var indexed = (await shard.Shard.DescribeAsync()).PayloadIndexPoints["group"];
        var during = await shard.Shard.CountAsync(filter);
        await shard.Shard.ApplySettingsAsync(Settings);
        var after = await shard.Shard.CountAsync(filter);

        Assert.Equal((100, 500, 100, 100), (before, indexed, during, after));
        Assert.Empty((await shard.Shard.DescribeAsync()).PayloadIndexPoints);
    }

    // Goal: an import that is sent again costs nothing. Method: the same points twice, and once with another payload.
    [Fact]
    public async Task Same_vectors_written_again_take_no_new_place()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync([.. Enumerable.Range(0, 100).Select(i => Point((ulong)i, $$"""{"n":{{i}}}"""))]);
        await shard.WaitUntilIndexedAsync();
        var before = (await shard.Shard.DescribeAsync()).ResidentBytes;
        for (var round = 0; round < 100; round++)
            await shard.UpsertAsync([.. Enumerable.Range(0, 100).Select(i => Point((ulong)i, $$"""{"n":{{i}}}"""))]);
        await shard.WaitUntilIndexedAsync();
        var after = (await shard.Shard.DescribeAsync()).ResidentBytes;
        await shard.UpsertAsync(Point(7, """{"n":-7}"""), Point(8));
        await shard.ReopenAsync();

        var points = await shard.Shard.GetAsync([7UL, 8UL, 9UL], PayloadSelector.All, VectorSelector.None);

        Assert.Equal(before, after);
        Assert.Equal(["""{"n":-7}""", "{}", """{"n":9}"""], points.Select(point => point.Payload!.ToString()));
        Assert.Equal([102, 102, 101], points.Select(point => point.Version.Value));
    }
}
