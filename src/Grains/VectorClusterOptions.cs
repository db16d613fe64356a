namespace VectorCluster.Grains;

/// <summary>What a silo may take, and how fast shards may move. The same on every silo but for
/// <see cref="Zone"/> and <see cref="MemoryBudgetBytes"/>.</summary>
public sealed record VectorClusterOptions
{
    /// <summary>Share of the machine's memory that shards may take where no budget is set; the rest is for the
    /// runtime, requests and checkpoints under way.</summary>
    private const double DefaultBudgetShare = 0.6;

    /// <summary>Name of the place that fails as a whole, such as an availability zone. A namespace's shards are spread
    /// over zones.</summary>
    /// <value>Default empty: none.</value>
    public string Zone { get; init; } = "";

    /// <summary>Memory that the shards of this silo may take. Over it, shards that nobody uses are closed, and what
    /// does not fit is refused as overload.</summary>
    /// <value>From 1 MiB; 0 (default): 60 % of the memory of the machine or the container.</value>
    public long MemoryBudgetBytes { get; init; }

    /// <summary>How long a shard stays in memory without being used.</summary>
    /// <value>10 seconds to 365 days, default 10 minutes.</value>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Threads that search.</summary>
    /// <value>0 (default): one a core.</value>
    public int SearchThreads { get; init; }

    /// <summary>Shards that are opened at a time.</summary>
    /// <value>1 to 1,024, default 16.</value>
    public int OpeningsAtOnce { get; init; } = 16;

    /// <summary>Openings that may wait; one more is refused as overload.</summary>
    /// <value>0 to 1,000,000, default 10,000.</value>
    public int WaitingOpenings { get; init; } = 10_000;

    /// <summary>How long an opening waits for memory before it is refused as overload.</summary>
    /// <value>From 100 ms, default 30 seconds.</value>
    public TimeSpan OpeningPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Shards of <see cref="WarmMoveBytes"/> and more that move at a time in the cluster.</summary>
    /// <value>1 to 64, default 2.</value>
    public int MovesAtOnce { get; init; } = 2;

    /// <summary>Bytes a second that balancing begins to move, on average. Drains and moves that an operator asked for
    /// go as fast as they can.</summary>
    /// <value>From 64 KiB, default 64 MiB.</value>
    public long MoveBytesPerSecond { get; init; } = 64L * 1024 * 1024;

    /// <summary>From the beginning of one move of <see cref="WarmMoveBytes"/> or more that balancing makes to that of
    /// the next, at least. Whoever needs a shard waits while it changes hands; so those moments lie apart.</summary>
    /// <value>0 to 1 minute, default 4 seconds.</value>
    public TimeSpan MovePause { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A shard from this size on is loaded by its new silo before it changes hands; a smaller one is closed
    /// and opened.</summary>
    /// <value>From 0, default 4 MiB.</value>
    public long WarmMoveBytes { get; init; } = 4L * 1024 * 1024;

    /// <summary>How often a silo tells what it holds, and how often balancing looks at it.</summary>
    /// <value>10 ms to 1 minute, default 1 second.</value>
    public TimeSpan ReportEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a silo may answer reads after the store confirmed that it owns a shard, and so how long the
    /// shard of a silo that died waits before it serves elsewhere. The same in all silos.</summary>
    /// <value>0 to 1 minute, default 2 seconds; 0 where no other silo can have the store.</value>
    public TimeSpan ReadLease { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What <see cref="MemoryBudgetBytes"/> comes to.</summary>
    internal long BudgetBytes => MemoryBudgetBytes > 0
        ? MemoryBudgetBytes
        : (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * DefaultBudgetShare);

    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range; the message names it.</exception>
    public VectorClusterOptions Validate()
    {
        ArgumentNullException.ThrowIfNull(Zone);
        if (MemoryBudgetBytes != 0) Check(MemoryBudgetBytes, 1L << 20, long.MaxValue, nameof(MemoryBudgetBytes));
        Check(IdleAfter, TimeSpan.FromSeconds(10), TimeSpan.FromDays(365), nameof(IdleAfter));
        Check(SearchThreads, 0, 4_096, nameof(SearchThreads));
        Check(OpeningsAtOnce, 1, 1_024, nameof(OpeningsAtOnce));
        Check(WaitingOpenings, 0, 1_000_000, nameof(WaitingOpenings));
        Check(OpeningPatience, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(OpeningPatience));
        Check(MovesAtOnce, 1, 64, nameof(MovesAtOnce));
        Check(MoveBytesPerSecond, 1L << 16, long.MaxValue, nameof(MoveBytesPerSecond));
        Check(MovePause, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(MovePause));
        Check(WarmMoveBytes, 0, long.MaxValue, nameof(WarmMoveBytes));
        Check(ReportEvery, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(ReportEvery));
        Check(ReadLease, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(ReadLease));
        return this;
    }

    private static void Check<T>(T value, T least, T most, string name)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            throw new ArgumentOutOfRangeException(name, value, $"It must be {least} to {most}.");
    }
}
