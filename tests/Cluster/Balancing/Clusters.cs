using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Grains.Balancing;

namespace VectorCluster.Cluster.Tests.Balancing;

/// <summary>Silos and shards for the planner, and what becomes of them.</summary>
internal sealed record Clusters(IReadOnlyList<BalancedSilo> Silos, IReadOnlyList<BalancedShard> Shards)
{
    /// <summary>A multiple of all budgets.</summary>
    private const long LargestBudget = 100_000;

    /// <summary>One to six silos of different budgets, some draining; up to forty shards of very different
    /// sizes.</summary>
    public static Gen<Clusters> Any =>
        from silos in SilosOf(Gen.Choose(1, 6), Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true))))
        from shards in ShardsOn(silos, Gen.Choose(0, 40), Gen.OneOf(Gen.Choose(0, 10), Gen.Choose(0, 1_000)))
        select new Clusters(silos, shards);

    /// <summary>Two to five equal silos that are even, each with many shards of similar size.</summary>
    public static Gen<Clusters> Even =>
        from count in Gen.Choose(2, 5)
        let silos = Enumerable.Range(0, count).Select(i => new BalancedSilo($"s{i}", "", LargestBudget)).ToList()
        from shards in ShardsOn(silos, Gen.Choose(40 * count, 60 * count), Gen.Choose(50, 100))
        let cluster = new Clusters(silos, shards)
        select cluster.After(Planner.Plan(cluster.Silos, cluster.Shards));

    /// <summary>Three equal silos and up to seven shards.</summary>
    public static Gen<Clusters> Small =>
        from shards in ShardsOn(
            [.. Enumerable.Range(0, 3).Select(i => new BalancedSilo($"s{i}", "", LargestBudget))],
            Gen.Choose(1, 7),
            Gen.Choose(1, 20))
        select new Clusters(
            [.. Enumerable.Range(0, 3).Select(i => new BalancedSilo($"s{i}", "", LargestBudget))],
            [.. shards.Select(shard => shard with { CallsPerSecond = 0 })]);

    public double Imbalance => Planner.Imbalance(Silos.Where(silo => !silo.IsDraining)
        .Select(silo => (BytesOf(silo.Name), (double)silo.BudgetBytes)));

    /// <summary>Sum of the squares of the fills, weighted by budgets: it differs from that of the squared deviations
    /// from the average by what no move changes. Whole numbers, in hundred-thousandths: what is equal must not look
    /// less for rounding.</summary>
    public long SquaredFills => Silos.Where(silo => !silo.IsDraining)
        .Sum(silo => (long)BytesOf(silo.Name) * (long)BytesOf(silo.Name) * (LargestBudget / silo.BudgetBytes));

    public double BytesOf(string silo) => Shards.Where(shard => shard.Silo == silo).Sum(shard => (double)shard.Bytes);

    public Clusters After(params IEnumerable<PlannedMove> moves)
    {
        var silos = moves.ToDictionary(move => move.Shard.Shard, move => move.To);
        return this with
        {
            Shards =
            [
                .. Shards.Select(shard => shard with { Silo = silos.GetValueOrDefault(shard.Shard, shard.Silo) }),
            ],
        };
    }

    private static Gen<List<BalancedSilo>> SilosOf(Gen<int> counts, Gen<bool> draining) =>
        from count in counts
        from budgets in Gen.Elements(1_000L, 2_000, 5_000, LargestBudget).ListOf(count)
        from zones in Gen.Elements("", "a", "b").ListOf(count)
        from drains in draining.ListOf(count)
        select Enumerable.Range(0, count)
            .Select(i => new BalancedSilo($"s{i}", zones[i], budgets[i], drains[i])).ToList();

    private static Gen<List<BalancedShard>> ShardsOn(List<BalancedSilo> silos, Gen<int> counts, Gen<int> sizes) =>
        from count in counts
        from places in Gen.Choose(0, silos.Count - 1).ListOf(count)
        from bytes in sizes.ListOf(count)
        from calls in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 1_000)).ListOf(count)
        select Enumerable.Range(0, count).Select(i => new BalancedShard(
            new("c", $"n{i / 4}", i % 4), silos[places[i]].Name, bytes[i], calls[i])).ToList();
}
