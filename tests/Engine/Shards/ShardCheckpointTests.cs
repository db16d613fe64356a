using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>What a restart finds, and what a checkpoint costs.</summary>
public sealed class ShardCheckpointTests
{
    private static List<Point> Points(int count, int seed) =>
        [.. ShardSearchTests.RandomVectors(count, seed, dimension: 100).Select((vector, i) => new Point(
            (ulong)((seed * 1_000_000) + i), vector, Payload.Parse($$"""{"text":"{{new string('x', 100)}}{{i}}"}""")))];

    [Fact]
    public async Task Reopened_shard_has_its_graph_and_needs_no_log()
    {
        await using var shard = await TestShard.OpenAsync(TestShard.SettingsOf(100, DistanceMetric.Cosine));
        await shard.UpsertAsync(Points(3_000, seed: 1));
        await shard.WaitUntilIndexedAsync();
        await shard.ReopenAsync();

        var info = await shard.Shard.DescribeAsync();

        Assert.Equal((3_000, 0), (info.IndexedVectorCount, info.UnindexedVectorCount));
        Assert.Empty(await shard.Store.ReadAsync(TestShard.Id, info.LastLsn).ToListAsync());
    }

    // Goal: a checkpoint writes what changed. Method: capture after 1 % more points, and compare bytes with the whole.
    [Fact]
    public async Task Second_checkpoint_writes_a_part_of_the_first()
    {
        using var scratch = new SearchScratch();
        using var state = new ShardState(TestShard.SettingsOf(100, DistanceMetric.Cosine), InstructionSets.Current);
        Write(state, 1, Points(10_000, seed: 1), scratch);
        var first = Checkpoint.Capture(state).Bytes;
        Write(state, 2, Points(100, seed: 2), scratch);
        var second = Checkpoint.Capture(state).Bytes;
        var third = Checkpoint.Capture(state).Bytes;

        Assert.Equal(0, third);
        Assert.True(second < first * 0.3, $"{second} of {first} bytes");
    }

    // Goal: the store's failure loses nothing. Method: the pages of a checkpoint that was not saved come again.
    [Fact]
    public async Task Checkpoint_that_was_refused_is_made_again()
    {
        using var scratch = new SearchScratch();
        using var state = new ShardState(TestShard.SettingsOf(100, DistanceMetric.Cosine), InstructionSets.Current);
        await using var shard = await TestShard.OpenAsync(TestShard.SettingsOf(100, DistanceMetric.Cosine));
        Write(state, 1, Points(500, seed: 1), scratch);
        var first = Checkpoint.Capture(state);

        var status = await first.SaveAsync(shard.Store, TestShard.Id, new Epoch(0), default);
        var again = Checkpoint.Capture(state);

        Assert.Equal(StoreStatus.Rejected, status);
        Assert.Equal(first.Bytes, again.Bytes);
    }

    private static void Write(ShardState state, long lsn, List<Point> points, SearchScratch scratch)
    {
        state.Apply(new(lsn), VectorCluster.Engine.Wal.WalCodec.EncodeUpsert(points, state.VectorNames).Span);
        var index = state.Vectors[0];
        var added = Enumerable.Range(index.IndexedUpTo, state.Points.Count - index.IndexedUpTo);
        index.AddToGraph([.. added], state.Points.Count, [scratch]);
    }
}
