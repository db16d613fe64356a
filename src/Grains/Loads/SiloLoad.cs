using Orleans.Runtime;

namespace VectorCluster.Grains.Loads;

/// <summary>What a silo holds, as it told all others about a second ago.</summary>
/// <param name="Number">Grows with every report of a silo; an older one that comes late is dropped.</param>
/// <param name="ResidentBytes">Of the shards in memory, those being loaded included.</param>
/// <param name="CallsPerSecond">Searches, reads and writes, smoothed over some seconds.</param>
public sealed record SiloLoad(
    SiloAddress Silo,
    long Number,
    string Zone,
    long ResidentBytes,
    long BudgetBytes,
    int ShardCount,
    double CallsPerSecond,
    bool IsDraining)
{
    /// <summary>By which operators know the silo.</summary>
    public string Name => NameOf(Silo);

    public static string NameOf(SiloAddress silo) => silo.Endpoint.ToString();
}

/// <summary>A shard in memory.</summary>
public sealed record ShardLoad(ShardId Shard, long Bytes, long PointCount, double CallsPerSecond);

/// <param name="Shards">Largest first; may be fewer than the silo has.</param>
public sealed record SiloHoldings(SiloLoad Load, IReadOnlyList<ShardLoad> Shards);
