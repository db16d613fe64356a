using Orleans;
using Orleans.Runtime;

namespace VectorCluster.Grains.Balancing;

/// <summary>Goes from one silo to another ahead of a shard, so that both have compiled what that takes before somebody
/// waits for it. Each goes once; the key is arbitrary.</summary>
[Alias("VectorCluster.IRehearsalGrain")]
public interface IRehearsalGrain : IGrainWithGuidKey
{
    /// <summary>Returns before it has gone.</summary>
    [Alias("Go")]
    Task GoAsync(SiloAddress to);

    /// <summary>Where it is; it ends there.</summary>
    [Alias("End")]
    Task<SiloAddress> EndAsync();
}
