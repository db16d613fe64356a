using Microsoft.Extensions.Logging;
using Orleans;
using VectorCluster.Grains.Balancing;
using VectorCluster.Grains.Loads;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Grains;

/// <summary>Hands all shards of this silo to the others, before it leaves.</summary>
/// <remarks>Orleans itself would only deactivate them: each would be loaded anew at its next call, which waits for
/// that.</remarks>
public sealed partial class SiloDrain(
    SiloLoads loads, SiloShards shards, IGrainFactory grains, TimeProvider time, ILogger<SiloDrain> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Marks the silo as draining, tells all others, and waits until it has no shard left.</summary>
    /// <returns>True: it has none, or there is nobody to take them. False: the time was over.</returns>
    public async Task<bool> RunAsync(TimeSpan timeout)
    {
        await loads.StartDrainingAsync();
        var startedAt = time.GetTimestamp();
        var count = shards.Count;
        LogDraining(logger, count);
        while (shards.Count > 0 && loads.HasTakers)
        {
            if (time.GetElapsedTime(startedAt) >= timeout)
            {
                LogLeft(logger, shards.Count, timeout);
                return false;
            }

            await WakeBalancerAsync();
            await Task.Delay(Pause, time);
        }

        LogDrained(logger, count - shards.Count, time.GetElapsedTime(startedAt));
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining {Count} shards")]
    private static partial void LogDraining(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Handed {Count} shards over in {Time}")]
    private static partial void LogDrained(ILogger logger, int count, TimeSpan time);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} shards could not be handed over in {Timeout}")]
    private static partial void LogLeft(ILogger logger, int count, TimeSpan timeout);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The balancer did not answer")]
    private static partial void LogNotWoken(ILogger logger, Exception exception);

    private async Task WakeBalancerAsync()
    {
        try
        {
            await grains.GetGrain<IBalancerGrain>(0).WakeAsync();
        }
        catch (Exception exception)
        {
            LogNotWoken(logger, exception);
        }
    }
}
