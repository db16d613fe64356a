using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Repair;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Tests.Repair;

/// <summary>Places that no walk over a graph comes to are found and linked again.</summary>
public sealed class ReachTests
{
    private const int Count = 500;

    // Method: every list that names some places loses them; a pair of them still names each other.
    [Theory]
    [InlineData(VectorQuantization.None)]
    [InlineData(VectorQuantization.Bits8)]
    public void Places_without_incoming_links_are_linked_again(VectorQuantization quantization)
    {
        int[] cutOff = [17, 18, 250, 499];
        using var scratch = new SearchScratch();
        using var state = Build(quantization, scratch);
        var index = state.Vectors[0];
        for (var place = 0; place < Count; place++)
            index.Links.SetNeedsLock(
                place, 0, [.. index.Links.Neighbours(place, 0).ToArray().Where(other => !cutOff.Contains(other))]);
        index.Links.AddNeedsLock(17, 0, 18);
        index.Links.AddNeedsLock(18, 0, 17);
        index.Restore(Count, Count, (0, 0)); // no upper level leads to them
        Assert.All(cutOff, place => Assert.DoesNotContain(place, Found(state, scratch, place)));

        var reach = new Reach(index, Count);
        while (reach.Step(10, scratch)) Assert.InRange(reach.AdoptedCount, 0, cutOff.Length);

        Assert.InRange(reach.AdoptedCount, 3, 4); // of the pair one is enough
        Assert.All(cutOff, place => Assert.Contains(place, Found(state, scratch, place)));
    }

    // Goal: a place is linked even if every list around it is full.
    [Theory]
    [InlineData(VectorQuantization.None)]
    [InlineData(VectorQuantization.Bits8)]
    public void A_full_list_makes_room(VectorQuantization quantization)
    {
        using var scratch = new SearchScratch();
        using var state = Build(quantization, scratch);
        var index = state.Vectors[0];
        var full = index.Links.MaxLevel0Links;
        for (var place = 0; place < Count; place++)
        {
            var nearest = Enumerable.Range(0, Count).Where(other => other != place && other != 100)
                .OrderBy(other => Math.Abs(other - place)).Take(full);
            index.Links.SetNeedsLock(place, 0, [.. nearest]);
        }

        index.Restore(Count, Count, (0, 0));

        var reach = new Reach(index, Count);
        while (reach.Step(1000, scratch)) Assert.InRange(reach.AdoptedCount, 0, 1);

        Assert.Equal(1, reach.AdoptedCount);
        Assert.Contains(100, Found(state, scratch, 100));
    }

    /// <summary>Points on a circle.</summary>
    private static ShardState Build(VectorQuantization quantization, SearchScratch scratch)
    {
        var settings = TestShard.QuantizedSettingsOf(2, DistanceMetric.Euclidean, quantization);
        var state = new ShardState(settings, InstructionSets.Current);
        var points = Enumerable.Range(0, Count).Select(i => new Point((ulong)i, VectorOf(i)));
        state.Apply(new(1), WalCodec.EncodeUpsert([.. points], state.VectorNames).Span);
        GraphGrowth.Add(state, state.Vectors[0], Count, [scratch]);
        return state;
    }

    private static float[] VectorOf(int place) =>
        [MathF.Cos(MathF.Tau * place / Count), MathF.Sin(MathF.Tau * place / Count)];

    private static IEnumerable<int> Found(ShardState state, SearchScratch scratch, int place) =>
        new ShardSearcher(state).Search(ShardSearchFor(place), scratch, default).Hits.Select(hit => hit.Place);

    private static ShardSearch ShardSearchFor(int place) =>
        new() { VectorName = "", Query = VectorOf(place), Count = 5, EfSearch = 50 };
}
