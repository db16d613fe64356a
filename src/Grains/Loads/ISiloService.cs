using Orleans;
using Orleans.Runtime;
using Orleans.Services;

namespace VectorCluster.Grains.Loads;

/// <summary>On every silo: is told what others hold, tells what it holds, and does its part of moves. Shards are named
/// by their keys.</summary>
[Alias("VectorCluster.ISiloService")]
public interface ISiloService : IGrainService
{
    [Alias("Report")]
    Task ReportAsync(SiloLoad load);

    /// <param name="collection">Only shards of that one; null: all.</param>
    [Alias("List")]
    Task<SiloHoldings> ListAsync(string? collection, int limit);

    [Alias("Has")]
    Task<bool> HasAsync(string shard);

    /// <summary>Makes a shard that is to leave this silo fit for being loaded elsewhere, while it serves.</summary>
    [Alias("Prepare")]
    [ResponseTimeout(MoveTimes.Step)]
    Task PrepareAsync(string shard);

    /// <summary>The shard is not to leave after all.</summary>
    [Alias("CallOff")]
    Task CallOffAsync(string shard);

    /// <summary>Loads a shard that is to come to this silo, while another one serves it.</summary>
    [Alias("Warm")]
    [ResponseTimeout(MoveTimes.Step)]
    Task WarmAsync(string shard);

    /// <summary>Closes a shard and makes its activation migrate.</summary>
    /// <returns>Once nothing of it is left here. None here: at once.</returns>
    [Alias("HandOver")]
    [ResponseTimeout(MoveTimes.Step)]
    Task HandOverAsync(string shard, SiloAddress to);

    /// <summary>Makes the silo tell all others that it is draining.</summary>
    [Alias("StartDraining")]
    Task StartDrainingAsync();
}

/// <summary>How long parts of a move may take.</summary>
internal static class MoveTimes
{
    /// <summary>Loading tens of gigabytes.</summary>
    public const string Step = "00:15:00";

    /// <summary>An operator's move, which may wait for others.</summary>
    public const string Whole = "01:00:00";
}
