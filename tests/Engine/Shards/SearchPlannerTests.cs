using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Tests.Shards;

public sealed class SearchPlannerTests
{
    private const int InGraph = 5_000;
    private const int Written = 40_000;
    private const int Step = 1_000;

    // Goal: what runs on a thread of the runtime's pool is over soon, also while the graph lags behind what is written.
    // Method: the same search before and after a large part of a state is added to the graph.
    [Fact]
    public void A_search_that_scans_much_beside_the_graph_is_not_short()
    {
        using var state = new ShardState(
            TestShard.SettingsOf(2, DistanceMetric.Euclidean), InstructionSets.Current);
        using var scratch = new SearchScratch();
        var lsn = 0L;
        Write(0, InGraph);
        Grow();
        Assert.True(IsShort());

        Write(InGraph, Written);
        Assert.False(IsShort());

        Grow();
        Assert.True(IsShort());

        void Write(int start, int end)
        {
            var random = new Random(start);
            foreach (var ids in Enumerable.Range(start, end - start).Chunk(Step))
            {
                var points = ids.Select(id => new Point((ulong)id, new[] { random.NextSingle(), random.NextSingle() }));
                state.Apply(new(++lsn), WalCodec.EncodeUpsert([.. points], state.VectorNames).Span);
            }
        }

        void Grow()
        {
            while (GraphGrowth.FindUnindexed(state) is { } index) GraphGrowth.Add(state, index, Step, [scratch]);
        }

        bool IsShort()
        {
            var searcher = new ShardSearcher(state);
            return searcher.IsShort(searcher.Prepare(ShardSearchTests.Search([0.5f, 0.5f], 10)));
        }
    }
}
