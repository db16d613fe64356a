using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Grains.Balancing;

namespace VectorCluster.Cluster.Tests.Balancing;

/// <summary>What holds of every plan. FsCheck prints the seed of a case that fails.</summary>
public sealed class PlannerTests
{
    private const int Cases = 3_000;
    private const int SmallCases = 300;
    private const int MostRounds = 8;
    private const double WorstFactor = 3;

    // Goal: balancing ends. Method: carry plan after plan out until there is none; a plan moves no shard twice, so a
    // second one may mend what the first could not.
    [Fact]
    public void Plans_carried_out_soon_leave_nothing_to_do() => ForAll(Clusters.Any, cluster =>
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var plan = Plan(cluster);
            if (plan.Count == 0) return true;
            cluster = cluster.After(plan);
        }

        return false;
    });

    [Fact]
    public void No_shard_moves_twice_in_a_plan_and_none_to_a_draining_silo() => ForAll(Clusters.Any, cluster =>
    {
        var plan = Plan(cluster);
        var draining = cluster.Silos.Where(silo => silo.IsDraining).Select(silo => silo.Name).ToHashSet();
        return plan.Select(move => move.Shard.Shard).Distinct().Count() == plan.Count
            && plan.All(move => move.To != move.Shard.Silo && !draining.Contains(move.To));
    });

    // Goal: balancing can't go round in circles. Method: carry the moves for bytes out one by one.
    [Fact]
    public void Each_move_for_bytes_makes_the_cluster_more_even() => ForAll(Clusters.Any, cluster =>
    {
        foreach (var move in Plan(cluster))
        {
            var next = cluster.After(move);
            if (move.Reason == MoveReason.Bytes && next.SquaredFills >= cluster.SquaredFills) return false;
            if (move.Reason == MoveReason.Bytes && next.Imbalance > cluster.Imbalance + 1e-9) return false;
            cluster = next;
        }

        return true;
    });

    [Fact]
    public void Moves_for_calls_keep_bytes_even_and_come_alone() => ForAll(Clusters.Any, cluster =>
    {
        var plan = Plan(cluster);
        if (plan.All(move => move.Reason != MoveReason.Calls)) return true;
        var after = cluster.After(plan);
        return plan.All(move => move.Reason == MoveReason.Calls)
            && after.Imbalance <= Math.Max(cluster.Imbalance, Planner.Threshold) + 1e-9
            && MostCalls(after) < MostCalls(cluster);
    });

    [Fact]
    public void Draining_silo_is_left_empty_by_a_single_plan() => ForAll(Clusters.Any, cluster =>
    {
        if (cluster.Silos.All(silo => silo.IsDraining)) return Plan(cluster).Count == 0;
        var after = cluster.After(Plan(cluster));
        return after.Shards.All(shard => !after.Silos.Single(silo => silo.Name == shard.Silo).IsDraining);
    });

    [Fact]
    public void Plan_does_not_depend_on_the_order_of_its_arguments() => ForAll(Clusters.Any, cluster =>
        Plan(cluster).SequenceEqual(Plan(new([.. cluster.Silos.Reverse()], [.. cluster.Shards.Reverse()]))));

    [Fact]
    public void Move_for_bytes_or_calls_never_fills_a_silo_over_its_budget() => ForAll(Clusters.Any, cluster =>
    {
        foreach (var move in Plan(cluster))
        {
            cluster = cluster.After(move);
            var target = cluster.Silos.Single(silo => silo.Name == move.To);
            if (move.Reason != MoveReason.Drain && cluster.BytesOf(move.To) > target.BudgetBytes) return false;
        }

        return true;
    });

    // Goal: nothing moves that need not. Method: a silo joins an even cluster; old silos give to it alone, all end up
    // even, and what moved is hardly more than what the new silo has to get.
    [Fact]
    public void New_silo_gets_its_share_and_nothing_else_moves() => ForAll(Clusters.Even, cluster =>
    {
        var joined = cluster with { Silos = [.. cluster.Silos, new("new", "", 100_000)] };
        var plan = Plan(joined);
        var after = joined.After(plan);
        var share = joined.Shards.Sum(shard => (double)shard.Bytes) / joined.Silos.Count;
        Assert.True(plan.Count > 0);
        Assert.All(plan, move => Assert.Equal("new", move.To));
        Assert.True(plan.Sum(move => move.Shard.Bytes) <= share);
        Assert.InRange(after.Imbalance, 0, Planner.Threshold + 1e-9);
        return true;
    });

    // Goal: what is moved is near the least that makes a cluster as even. Method: try every placement of up to seven
    // shards on three silos.
    [Fact]
    public void Moved_bytes_are_near_the_least_possible() => ForAll(Clusters.Small, cluster =>
    {
        var plan = Plan(cluster);
        var moved = plan.Sum(move => move.Shard.Bytes);
        var least = Least(cluster, cluster.After(plan).SquaredFills);
        Assert.InRange(moved, 0, least * WorstFactor);
        return true;
    }, SmallCases);

    private static double Least(Clusters cluster, long squaredFills)
    {
        var placements = (int)Math.Pow(cluster.Silos.Count, cluster.Shards.Count);
        var least = double.MaxValue;
        for (var placement = 0; placement < placements; placement++)
        {
            var rest = placement;
            var shards = new List<BalancedShard>();
            foreach (var shard in cluster.Shards)
            {
                shards.Add(shard with { Silo = cluster.Silos[rest % cluster.Silos.Count].Name });
                rest /= cluster.Silos.Count;
            }

            var moved = shards.Zip(cluster.Shards).Sum(pair => pair.First == pair.Second ? 0 : pair.First.Bytes);
            var placed = cluster with { Shards = shards };
            if (moved < least && placed.SquaredFills <= squaredFills) least = moved;
        }

        return least;
    }

    private static IReadOnlyList<PlannedMove> Plan(Clusters cluster) => Planner.Plan(cluster.Silos, cluster.Shards);

    private static double MostCalls(Clusters cluster) => cluster.Silos.Where(silo => !silo.IsDraining).Max(silo =>
        cluster.Shards.Where(shard => shard.Silo == silo.Name).Sum(shard => shard.CallsPerSecond));

    private static void ForAll(Gen<Clusters> clusters, Func<Clusters, bool> holds, int cases = Cases) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(cases), Prop.ForAll(clusters.ToArbitrary(), holds));
}
