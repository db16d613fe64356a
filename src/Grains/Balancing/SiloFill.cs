namespace VectorCluster.Grains.Balancing;

/// <summary>A silo while a plan is made: what it will hold once the moves so far are done.</summary>
internal sealed class SiloFill
{
    public SiloFill(BalancedSilo silo, IEnumerable<BalancedShard> shards)
    {
        Silo = silo;
        Shards = [.. shards];
        Shards.Sort(Compare);
        Bytes = silo.UnlistedBytes + Shards.Sum(shard => shard.Bytes);
        CallsPerSecond = Shards.Sum(shard => shard.CallsPerSecond);
    }

    public BalancedSilo Silo { get; }

    /// <summary>Those that were there from the start and have not moved yet, largest first.</summary>
    public List<BalancedShard> Shards { get; }

    public long Bytes { get; private set; }

    public double CallsPerSecond { get; private set; }

    /// <summary>Share of the budget that is taken.</summary>
    public double Fill => FillWith(0);

    public double FillWith(long bytes) => (Bytes + bytes) / (double)Silo.BudgetBytes;

    public bool HasRoomFor(BalancedShard shard) => Bytes + shard.Bytes <= Silo.BudgetBytes;

    public void Give(BalancedShard shard, SiloFill to)
    {
        Shards.Remove(shard);
        Bytes -= shard.Bytes;
        CallsPerSecond -= shard.CallsPerSecond;
        to.Bytes += shard.Bytes;
        to.CallsPerSecond += shard.CallsPerSecond;
    }

    private static int Compare(BalancedShard a, BalancedShard b) => a.Bytes != b.Bytes
        ? b.Bytes.CompareTo(a.Bytes)
        : ShardOrder.Instance.Compare(a.Shard, b.Shard);
}

/// <summary>By name, so that plans do not depend on the order in which silos answered.</summary>
internal sealed class ShardOrder : IComparer<ShardId>
{
    public static ShardOrder Instance { get; } = new();

    public int Compare(ShardId x, ShardId y)
    {
        var order = string.CompareOrdinal(x.Collection, y.Collection);
        if (order == 0) order = string.CompareOrdinal(x.Namespace, y.Namespace);
        return order != 0 ? order : x.Index.CompareTo(y.Index);
    }
}
