namespace VectorCluster.Grains.Balancing;

/// <summary>Says which shards have to move where, so that every silo holds bytes in proportion to its budget.</summary>
/// <remarks>
/// <para>A silo's fill is what it holds by its budget; the average is what all that are not draining hold by the sum of
/// their budgets.</para>
/// <para>Draining silos are emptied first. Then, while a silo is more than <see cref="Threshold"/> above the average,
/// the fullest gives a shard to the least filled. A move strictly reduces the sum of the squared deviations from
/// the average, weighted by budgets, and its target stays below what its source was; hence the imbalance never grows
/// and plans end. The shard chosen is the largest that neither makes the source give more than its excess nor the
/// target take more than it lacks: bytes that need not move do not. Only where all are larger, it is the
/// smallest that still helps.</para>
/// <para>Calls count only where bytes are even, and only as far as they stay so: otherwise the two would take turns
/// undoing each other.</para>
/// <para>A shard moves once in a plan. A plan depends on nothing but its arguments, and not on their order.</para>
/// </remarks>
internal static class Planner
{
    /// <summary>How far above the average a silo may be, as a share of the average: moving costs more than such a
    /// difference does.</summary>
    public const double Threshold = 0.05;

    /// <summary>As <see cref="Threshold"/>, for calls: they come and go.</summary>
    public const double CallsThreshold = 0.5;

    /// <summary>Calls a second, over all silos, below which their distribution makes no difference.</summary>
    public const double FewCalls = 500;

    /// <summary>A target may have this much more than the least filled one if that keeps the shard in its
    /// zone.</summary>
    private const double ZoneTolerance = 0.1;

    public static IReadOnlyList<PlannedMove> Plan(
        IReadOnlyList<BalancedSilo> silos, IReadOnlyList<BalancedShard> shards)
    {
        var bySilo = shards.ToLookup(shard => shard.Silo, StringComparer.Ordinal);
        var fills = silos.OrderBy(silo => silo.Name, StringComparer.Ordinal)
            .Select(silo => new SiloFill(silo, bySilo[silo.Name])).ToList();
        var serving = fills.FindAll(fill => !fill.Silo.IsDraining);
        var moves = new List<PlannedMove>();
        if (serving.Count == 0) return moves;
        foreach (var source in fills.Where(fill => fill.Silo.IsDraining)) Empty(source, serving, moves);
        while (TryMoveBytes(serving, moves))
        {
            // Each makes bytes more even.
        }

        if (moves.Count > 0) return moves;
        while (TryMoveCalls(serving, moves))
        {
            // Each makes calls more even.
        }

        return moves;
    }

    /// <summary>How far the fullest silo is above the average, as a share of the average; draining ones do not
    /// count.</summary>
    public static double Imbalance(IEnumerable<(double Bytes, double BudgetBytes)> silos)
    {
        var all = silos.ToList();
        if (all.Count == 0) return 0;
        var average = all.Sum(silo => silo.Bytes) / all.Sum(silo => silo.BudgetBytes);
        return average <= 0 ? 0 : (all.Max(silo => silo.Bytes / silo.BudgetBytes) / average) - 1;
    }

    private static void Empty(SiloFill source, List<SiloFill> serving, List<PlannedMove> moves)
    {
        foreach (var shard in source.Shards.ToList())
        {
            var fitting = serving.FindAll(target => target.HasRoomFor(shard));
            if (fitting.Count == 0) fitting = serving;
            var least = fitting.Min(target => target.FillWith(shard.Bytes));
            var target = fitting.Where(target => target.FillWith(shard.Bytes) <= least * (1 + ZoneTolerance))
                .OrderBy(target => !string.Equals(target.Silo.Zone, source.Silo.Zone, StringComparison.Ordinal))
                .ThenBy(target => target.FillWith(shard.Bytes))
                .First();
            Move(source, shard, target, MoveReason.Drain, moves);
        }
    }

    private static bool TryMoveBytes(List<SiloFill> serving, List<PlannedMove> moves)
    {
        var average = AverageFill(serving);
        foreach (var source in serving.Where(silo => silo.Fill > average * (1 + Threshold))
            .OrderByDescending(silo => silo.Fill))
        {
            foreach (var target in serving.Where(silo => silo.Fill < average).OrderBy(silo => silo.Fill))
            {
                if (ChooseByBytes(source, target, average) is not { } shard) continue;
                Move(source, shard, target, MoveReason.Bytes, moves);
                return true;
            }
        }

        return false;
    }

    private static BalancedShard? ChooseByBytes(SiloFill source, SiloFill target, double average)
    {
        var excess = source.Bytes - (average * source.Silo.BudgetBytes);
        var lack = (average * target.Silo.BudgetBytes) - target.Bytes;
        var wanted = Math.Min(excess, lack);
        BalancedShard? smallest = null;
        foreach (var shard in source.Shards)
        {
            if (shard.Bytes == 0 || !target.HasRoomFor(shard)) continue;
            if (!Helps(shard.Bytes, source, target)) continue;
            if (shard.Bytes <= wanted) return shard;
            smallest = shard;
        }

        return smallest;
    }

    /// <summary>Whether a move reduces the squared deviations, and leaves the target below what the source was. Both
    /// are compared multiplied by the budgets, in whole numbers: rounded, a move could help that changes
    /// nothing.</summary>
    private static bool Helps(long bytes, SiloFill source, SiloFill target)
    {
        Int128 sourceBudget = source.Silo.BudgetBytes, targetBudget = target.Silo.BudgetBytes;
        var sourceFill = source.Bytes * targetBudget;
        return bytes * (sourceBudget + targetBudget) < 2 * (sourceFill - (target.Bytes * sourceBudget))
            && (target.Bytes + bytes) * sourceBudget < sourceFill;
    }

    private static bool TryMoveCalls(List<SiloFill> serving, List<PlannedMove> moves)
    {
        var total = serving.Sum(silo => silo.CallsPerSecond);
        var average = total / serving.Count;
        var source = serving.MaxBy(silo => silo.CallsPerSecond)!;
        if (total < FewCalls || source.CallsPerSecond <= average * (1 + CallsThreshold)) return false;
        var most = AverageFill(serving) * (1 + Threshold);
        foreach (var target in serving.Where(silo => silo.CallsPerSecond < average)
            .OrderBy(silo => silo.CallsPerSecond))
        {
            var lead = source.CallsPerSecond - target.CallsPerSecond;
            var wanted = Math.Min(source.CallsPerSecond - average, average - target.CallsPerSecond);
            var shard = source.Shards
                .Where(shard => shard.CallsPerSecond > 0 && shard.CallsPerSecond < lead)
                .Where(shard => target.FillWith(shard.Bytes) <= most && target.HasRoomFor(shard))
                .OrderBy(shard => shard.CallsPerSecond > wanted)
                .ThenBy(shard => Math.Abs(shard.CallsPerSecond - wanted))
                .FirstOrDefault();
            if (shard is null) continue;
            Move(source, shard, target, MoveReason.Calls, moves);
            return true;
        }

        return false;
    }

    private static double AverageFill(List<SiloFill> serving) =>
        serving.Sum(silo => (double)silo.Bytes) / serving.Sum(silo => (double)silo.Silo.BudgetBytes);

    private static void Move(
        SiloFill source, BalancedShard shard, SiloFill target, MoveReason reason, List<PlannedMove> moves)
    {
        source.Give(shard, target);
        moves.Add(new(shard, target.Silo.Name, reason));
    }
}
