using VectorCluster.Embedded.Tests;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>A shard whose log is small and has only insertions needs no checkpoint, in a quiet time or at
/// closing.</summary>
public sealed class SmallShardTests
{
    private static readonly CollectionSettings Settings =
        TestShard.SettingsOf(2, DistanceMetric.Euclidean, exactScanThreshold: 5);

    private static Point Point(ulong id, float x = 0, string word = "w") =>
        new(id, new float[] { x, id }, Payload.Parse($$"""{"word":"{{word}}"}"""));

    private static IReadOnlyList<Point> Ten => [.. Enumerable.Range(1, 10).Select(id => Point((ulong)id))];

    private static int Checkpoints(TestShard shard) => shard.Faults.Calls.Count(call => call == "WriteCheckpoint");

    [Fact]
    public async Task Ten_points_are_closed_without_a_checkpoint_and_are_there_again()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(Ten);
        await shard.WaitUntilIndexedAsync();
        for (var reopening = 0; reopening < 2; reopening++)
        {
            await shard.ReopenAsync();
            await shard.WaitUntilIndexedAsync();
            Assert.Equal(10, await shard.Shard.CountAsync(null));
            Assert.Equal(10, (await shard.Shard.DescribeAsync()).IndexedVectorCount);
        }

        Assert.Equal(0, Checkpoints(shard));
        Assert.Null(await shard.Store.ReadManifestAsync(TestShard.Id));
    }

    // Goal: what was erased does not stay in the log. Method: one more write, which erases or may.
    [Theory]
    [InlineData("delete")]
    [InlineData("delete nothing")]
    [InlineData("replace")]
    [InlineData("rewrite")]
    [InlineData("change")]
    [InlineData("many")]
    public async Task Whatever_may_erase_or_is_large_is_checkpointed_at_closing(string write)
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(Ten);
        await WriteAsync(shard, write);

        await shard.Shard.DisposeAsync();

        var last = (await shard.Store.ReadManifestAsync(TestShard.Id))!.Lsn;
        Assert.Equal(new Lsn(2), last);
        await shard.ReopenAsync();
        Assert.Equal(1, Checkpoints(shard));
    }

    [Theory]
    [InlineData("insert", false)]
    [InlineData("delete", true)]
    public async Task A_quiet_time_makes_a_checkpoint_only_where_something_was_erased(string write, bool isMade)
    {
        var time = new ManualTime();
        await using var shard = await TestShard.OpenAsync(Settings with { Vectors = NoGraph }, null, time);
        await shard.UpsertAsync(Ten);
        await WriteAsync(shard, write);
        if (isMade)
        {
            while (Checkpoints(shard) == 0)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            return;
        }

        // The background work has seen the write once it takes the next one's; it keeps no timer for a checkpoint.
        for (var n = 100; n < 200; n++) await shard.UpsertAsync(Point((ulong)n));
        Assert.Equal(0, time.TimerCount);
        Assert.Equal(0, Checkpoints(shard));
    }

    // Goal: a deletion that only the log has is not forgotten by a crash. Method: the next owner, which replays it,
    // writes nothing and closes.
    [Fact]
    public async Task A_deletion_that_is_replayed_is_checkpointed_at_closing()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(Ten);
        await WriteAsync(shard, "delete");
        using var threads = new EngineThreads(1, 1);
        await using (await Shard.OpenAsync(TestShard.Id, Settings, shard.Faults, threads))
            Assert.Equal(0, Checkpoints(shard));

        Assert.Equal(1, Checkpoints(shard));
        Assert.Equal(new Lsn(2), (await shard.Store.ReadManifestAsync(TestShard.Id))!.Lsn);
    }

    // Goal: insertions after a checkpoint are as cheap, and the checkpoint's own log is freed all the same.
    [Fact]
    public async Task Insertions_after_a_checkpoint_are_replayed_on_top_of_it()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(Ten);
        await WriteAsync(shard, "delete");
        await shard.ReopenAsync();
        await shard.UpsertAsync(Point(50));
        await shard.ReopenAsync();

        Assert.Equal(1, Checkpoints(shard));
        Assert.Equal(new Lsn(2), (await shard.Store.ReadManifestAsync(TestShard.Id))!.Lsn);
        Assert.Equal(10, await shard.Shard.CountAsync(null));
        Assert.Equal(new Lsn(3), (await shard.Shard.DescribeAsync()).LastLsn);
    }

    private static Dictionary<string, VectorSettings> NoGraph => new()
    {
        [""] = new(2, DistanceMetric.Euclidean) { Hnsw = new() { ExactScanThreshold = 1_000_000 } },
    };

    private static Task WriteAsync(TestShard shard, string write) => write switch
    {
        "delete" => shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds(1UL))),
        "delete nothing" => shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds(99UL))),
        "replace" => shard.UpsertAsync(Point(1, x: 7)),
        "rewrite" => shard.UpsertAsync(Point(1, word: "other")),
        "change" => shard.Shard.WriteAsync(new ChangePayload(
            PointSelector.ByIds(1UL), new SetPayload(Payload.Parse("""{"word":"other"}""")))),
        "many" => shard.UpsertAsync(Point(77, word: new string('x', 70_000))),
        _ => shard.UpsertAsync(Point(77)),
    };
}
