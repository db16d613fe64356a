using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Runtime.Services;

namespace VectorCluster.Grains.Catalogue;

/// <summary>Tells every silo that a collection has changed.</summary>
/// <remarks>
/// A silo that does not confirm is dead, cut off, or too busy. No silo answers from its catalogue's cache for longer
/// than <see cref="Lease"/> after it read the row, so waiting that long makes the change count there too. What such a
/// silo misses beyond that: its open shards keep their payload indexes as they were until they are next opened, which
/// costs speed and no result.
/// </remarks>
public sealed partial class CatalogueNews(
    IServiceProvider services, ISiloStatusOracle silos, TimeProvider time, ILogger<CatalogueNews> logger)
    : GrainServiceClient<ICatalogueNewsService>(services)
{
    /// <summary>Short enough to wait for, long enough to make reading a row again now and then cost nothing.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    /// <summary>Returns once no silo answers from before the change.</summary>
    public async Task TellAsync(string collection, CancellationToken cancellationToken)
    {
        var changedAt = time.GetTimestamp();
        var told = silos.GetApproximateSiloStatuses()
            .Where(silo => silo.Value is SiloStatus.Joining or SiloStatus.Active or SiloStatus.ShuttingDown
                or SiloStatus.Stopping)
            .Select(silo => TryTellAsync(silo.Key, collection, cancellationToken));
        var confirmed = await Task.WhenAll(told);
        var rest = Lease - time.GetElapsedTime(changedAt);
        if (Array.TrueForAll(confirmed, static isConfirmed => isConfirmed) || rest <= TimeSpan.Zero) return;
        await Task.Delay(rest, time, cancellationToken);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Silo {Silo} did not confirm that collection {Collection} changed; waiting until its lease is over")]
    private static partial void LogUnconfirmed(
        ILogger logger, Exception exception, SiloAddress silo, string collection);

    private async Task<bool> TryTellAsync(SiloAddress silo, string collection, CancellationToken cancellationToken)
    {
        try
        {
            await GetGrainService(silo).CollectionChangedAsync(collection).WaitAsync(Lease, time, cancellationToken);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogUnconfirmed(logger, exception, silo, collection);
            return false;
        }
    }
}
