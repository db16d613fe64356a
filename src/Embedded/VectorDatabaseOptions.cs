using VectorCluster.Engine.Shards;

namespace VectorCluster.Embedded;

/// <summary>Settings of an embedded database; the defaults suit one process that has the machine to itself.</summary>
public sealed record VectorDatabaseOptions
{
    /// <summary>Threads that search.</summary>
    /// <value>0 (default): one a core.</value>
    public int SearchThreads { get; init; }

    /// <summary>Threads that add vectors to graphs in the background.</summary>
    /// <value>0 (default): one a core.</value>
    public int BuildThreads { get; init; }

    /// <summary>How long a shard stays in memory without being used.</summary>
    /// <value>Default 10 minutes.</value>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Bounds of each shard's background work.</summary>
    public ShardOptions Shards { get; init; } = new();
}
