using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Quantization;
using VectorCluster.Engine.Repair;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Tests.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Tests.Repair;

/// <summary>The copy of a graph that is built by codes.</summary>
public sealed unsafe class GraphCopyTests
{
    private const int Dimension = 24;
    private const int Count = 500;

    // Goal: no list is chosen by a code that is not there yet. Method: the copy is made place by place, and all codes
    // are looked at once the first place is linked.
    [Fact]
    public void All_codes_are_copied_before_the_first_place_is_linked()
    {
        using var scratch = new SearchScratch();
        using var from = new ShardState(
            TestShard.QuantizedSettingsOf(Dimension, DistanceMetric.Cosine), InstructionSets.Current);
        var points = ShardSearchTests.RandomVectors(Count, seed: 1, Dimension)
            .Select((vector, i) => new Point((ulong)i, vector));
        from.Apply(new(1), WalCodec.EncodeUpsert([.. points], from.VectorNames).Span);
        GraphGrowth.Add(from, from.Vectors[0], Count, [scratch]);
        using var to = from.NewEmpty();
        var map = new PlaceMap();
        for (var place = 0; place < Count; place++) map.AddCopy(to.AddCopy(from, place));
        var copy = new GraphCopy(from.Vectors[0], to.Vectors[0], map, Count);

        while (to.Vectors[0].Links.Count == 0) Assert.True(copy.Step(1, scratch));

        for (var place = 0; place < Count; place++)
            Assert.Equal(CodeOf(from.Vectors[0].Codes!, place), CodeOf(to.Vectors[0].Codes!, place));
    }

    private static byte[] CodeOf(CodeStore codes, int place) =>
        new ReadOnlySpan<byte>(codes[place], codes.CodeBytes + CodeStore.FactorBytes).ToArray();
}
