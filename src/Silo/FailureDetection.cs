using Orleans.Configuration;

namespace VectorCluster.Silo;

/// <summary>How soon silos notice that one of them is dead, and how sure they are. docs/guides/failure-detection.md
/// has what was measured.</summary>
/// <remarks>
/// <para>A silo declared dead by mistake ends, and its shards are opened elsewhere: a pause, no loss. One that is dead
/// and not declared so keeps its shards from everybody. So these are well below Orleans' defaults, which take half a
/// minute, and above what a busy machine does to a healthy process.</para>
/// <para>Orleans itself makes a silo patient that finds its own thread pool or timers late, and asks by way of another
/// silo before it suspects one; both stay on, as they are by default.</para>
/// </remarks>
internal static class FailureDetection
{
    /// <summary>Between two probes of a silo, and for the answer to one.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Probes without an answer, one after the other, until a silo is suspected.</summary>
    private const int MissedProbes = 3;

    /// <summary>Silos that have to suspect one before it is dead; where only two are left, one.</summary>
    private const int Votes = 2;

    /// <summary>A suspicion counts for so long. Short, so that two mistakes far apart don't make a death.</summary>
    private static readonly TimeSpan VoteAge = TimeSpan.FromSeconds(30);

    /// <summary>Between two looks at the membership table, for what gossip did not bring: a silo that was declared dead
    /// while it stood still learns it so.</summary>
    private static readonly TimeSpan TableAge = TimeSpan.FromSeconds(5);

    /// <summary>Between two signs of life in the membership table. A silo whose last one is three times as old does not
    /// keep a new one from joining, as when all were killed.</summary>
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);

    public static void Configure(ISiloBuilder silo) => silo.Configure<ClusterMembershipOptions>(options =>
    {
        options.ProbeTimeout = ProbeTimeout;
        options.NumMissedProbesLimit = MissedProbes;
        options.NumVotesForDeathDeclaration = Votes;
        options.DeathVoteExpirationTimeout = VoteAge;
        options.TableRefreshTimeout = TableAge;
        options.IAmAliveTablePublishTimeout = SignOfLife;
    });
}
