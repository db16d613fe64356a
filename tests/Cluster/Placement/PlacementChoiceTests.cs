using System.Net;
using Orleans.Runtime;
using VectorCluster.Grains.Placement;

namespace VectorCluster.Cluster.Tests.Placement;

public sealed class PlacementChoiceTests
{
    [Fact]
    public void Least_filled_silo_that_is_not_draining_gets_a_shard()
    {
        var chosen = ChooseMany(64, [Silo(1, fill: 0.5), Silo(2, fill: 0.1, isDraining: true), Silo(3, fill: 0.3)]);

        Assert.Equal(SiloOf(3), Assert.Single(chosen.Distinct()));
    }

    [Fact]
    public void Draining_silos_are_taken_when_there_are_no_others() => Assert.Equal(
        SiloOf(2), PlacementChoice.Choose(new("c", "", 0), [Silo(2, fill: 0.1, isDraining: true)]));

    // Goal: the loss of a zone takes as few shards of a namespace as can be. Method: any namespace's shards, of any
    // number, differ by one at most between zones, and between the silos of a zone.
    [Theory]
    [InlineData(2, 3, 8)]
    [InlineData(3, 1, 7)]
    [InlineData(3, 2, 12)]
    [InlineData(1, 4, 10)]
    public void Shards_of_a_namespace_spread_over_zones_and_silos(int zones, int silosOfEach, int shards)
    {
        var candidates = Enumerable.Range(0, zones * silosOfEach)
            .Select(i => Silo(i + 1, 0.5 + (i * 0.001), zone: $"z{i % zones}")).ToList();
        for (var name = 0; name < 50; name++)
        {
            var chosen = Enumerable.Range(0, shards)
                .Select(index => PlacementChoice.Choose(new("c", $"n{name}", index), candidates)).ToList();
            var byZone = chosen.GroupBy(silo => (silo.Endpoint.Port - 1) % zones).Select(zone => zone.Count());
            var bySilo = chosen.GroupBy(silo => silo).Select(silo => silo.Count()).ToList();
            Assert.InRange(byZone.Max() - byZone.Min(), 0, 1);
            Assert.InRange(bySilo.Max() - (bySilo.Count < candidates.Count ? 0 : bySilo.Min()), 0, 1);
        }
    }

    // Goal: namespaces of one shard do not all go to the same silo. Method: a thousand of them on four silos.
    [Fact]
    public void Small_namespaces_spread_over_silos()
    {
        var candidates = Enumerable.Range(1, 4).Select(i => Silo(i, fill: 0)).ToList();
        var counts = Enumerable.Range(0, 1_000)
            .Select(i => PlacementChoice.Choose(new("c", $"tenant-{i}", 0), candidates))
            .GroupBy(silo => silo).Select(silo => silo.Count()).ToList();

        Assert.Equal(4, counts.Count);
        Assert.All(counts, count => Assert.InRange(count, 180, 320));
    }

    private static IEnumerable<SiloAddress> ChooseMany(int shards, IReadOnlyList<PlacementCandidate> candidates) =>
        Enumerable.Range(0, shards).Select(index => PlacementChoice.Choose(new("c", "n", index), candidates));

    private static PlacementCandidate Silo(int number, double fill, bool isDraining = false, string zone = "") =>
        new(SiloOf(number), zone, fill, isDraining);

    private static SiloAddress SiloOf(int number) => SiloAddress.New(IPAddress.Loopback, number, 1);
}
