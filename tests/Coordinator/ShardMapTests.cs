using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Coordinator.Catalogue;
using VectorCluster.Engine.Points;

namespace VectorCluster.Coordinator.Tests;

public sealed class ShardMapTests
{
    [Fact]
    public void Every_slot_has_one_shard_and_shares_are_even()
    {
        Prop.ForAll(Gen.Choose(1, 256).ToArbitrary(), shardCount =>
        {
            var map = ShardMap.Even(shardCount);
            Assert.Equal(0, map.Ranges[0].First);
            Assert.Equal(PointIdHash.SlotCount - 1, map.Ranges[^1].Last);
            Assert.All(
                map.Ranges.Zip(map.Ranges.Skip(1)), pair => Assert.Equal(pair.First.Last + 1, pair.Second.First));
            var sizes = map.Ranges.Select(range => range.Last - range.First + 1).ToList();
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Point_belongs_to_the_shard_that_owns_its_slot()
    {
        var map = ShardMap.Even(7);
        foreach (var id in SomeIds(5_000))
        {
            var slot = PointIdHash.SlotOf(id);
            var owner = map.Ranges.Single(range => slot >= range.First && slot <= range.Last);
            Assert.Equal(owner.Shard, map.ShardOf(id));
        }
    }

    // Goal: ids of every kind spread evenly. Method: consecutive numbers, UUIDs and strings over 16 shards, each within
    // 10 % of its share.
    [Theory]
    [InlineData("number")]
    [InlineData("uuid")]
    [InlineData("text")]
    public void Consecutive_ids_spread_over_the_shards(string kind)
    {
        var map = ShardMap.Even(16);
        var counts = new int[16];
        for (var i = 0UL; i < 64_000; i++)
            counts[map.ShardOf(kind switch
            {
                "number" => PointId.FromNumber(i),
                "uuid" => PointId.FromUuidBits(i),
                _ => PointId.FromText($"document-{i}"),
            })]++;
        Assert.All(counts, count => Assert.InRange(count, 3_600, 4_400));
    }

    // Goal: stored points stay where they are. Method: the values of docs/formats/shard.md; if this fails, shards have
    // lost their points.
    [Theory]
    [InlineData("0", 6364)]
    [InlineData("1", 7508)]
    [InlineData("18446744073709551615", 12602)]
    [InlineData("6f9619ff-8b86-d011-b42d-00cf4fc964ff", 7239)]
    [InlineData("document-1", 9350)]
    public void Slots_of_ids_never_change(string id, int slot) =>
        Assert.Equal(slot, PointIdHash.SlotOf(ulong.TryParse(id, out var number) ? number : PointId.FromText(id)));

    private static IEnumerable<PointId> SomeIds(int count)
    {
        var random = new Random(3);
        for (var i = 0; i < count; i++)
            yield return i % 2 == 0 ? (ulong)random.NextInt64() : PointId.FromText($"id {random.Next()}");
    }
}
