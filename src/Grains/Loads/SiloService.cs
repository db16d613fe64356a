using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;
using VectorCluster.Grains.Balancing;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Grains.Loads;

/// <summary>Reports about once a second, and wakes the balancer, wherever it is.</summary>
[Reentrant]
public sealed partial class SiloService(
    GrainId id,
    Silo silo,
    ILoggerFactory loggers,
    SiloLoads loads,
    SiloShards shards,
    IGrainFactory grains,
    VectorClusterOptions options,
    TimeProvider time)
    : GrainService(id, silo, loggers), ISiloService
{
    private readonly ILogger _logger = loggers.CreateLogger<SiloService>();
    private Task _reporting = Task.CompletedTask;
    private Task _waking = Task.CompletedTask;

    public override async Task Start()
    {
        await base.Start();
        _reporting = ReportAsync(StoppedCancellationTokenSource.Token);
    }

    public override async Task Stop()
    {
        await base.Stop();
        await _reporting;
    }

    public Task ReportAsync(SiloLoad load)
    {
        loads.Note(load);
        return Task.CompletedTask;
    }

    public Task<SiloHoldings> ListAsync(string? collection, int limit)
    {
        var found = shards.Open
            .Where(open =>
                collection is null || string.Equals(open.Id.Collection, collection, StringComparison.Ordinal))
            .Select(open => new ShardLoad(open.Id, open.Memory.Bytes, open.PointCount, open.CallsPerSecond))
            .OrderByDescending(shard => shard.Bytes)
            .Take(limit);
        return Task.FromResult(new SiloHoldings(loads.OfSelf(), [.. found]));
    }

    public Task<bool> HasAsync(string shard) => Task.FromResult(shards.Find(ShardKey.Read(shard)) is not null);

    public Task PrepareAsync(string shard) => shards.PrepareMoveAsync(ShardKey.Read(shard));

    public Task CallOffAsync(string shard)
    {
        shards.CallMoveOff(ShardKey.Read(shard));
        return Task.CompletedTask;
    }

    public Task WarmAsync(string shard) => shards.WarmAsync(ShardKey.Read(shard));

    public async Task HandOverAsync(string shard, SiloAddress to)
    {
        if (shards.Find(ShardKey.Read(shard)) is not { } open) return;
        open.IsLeaving = true;
        open.Grain.Migrate(new() { [Orleans.Runtime.Placement.IPlacementDirector.PlacementHintKey] = to });

        // Its new silo tells Orleans that it has the activation by looking again and again whether that one is active.
        // Were it to migrate back before, each silo would wait for the other until the call times out.
        await open.Grain.Deactivated;
    }

    public Task StartDrainingAsync() => loads.StartDrainingAsync();

    [LoggerMessage(Level = LogLevel.Warning, Message = "This silo could not measure what it holds")]
    private static partial void LogNotReported(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The balancer did not answer")]
    private static partial void LogNotWoken(ILogger logger, Exception exception);

    private async Task ReportAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.ReportEvery, time);
        try
        {
            do
            {
                try
                {
                    loads.Report();
                }
                catch (Exception exception)
                {
                    LogNotReported(_logger, exception);
                }

                if (_waking.IsCompleted) _waking = WakeAsync();
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task WakeAsync()
    {
        try
        {
            await grains.GetGrain<IBalancerGrain>(0).WakeAsync();
        }
        catch (Exception exception)
        {
            LogNotWoken(_logger, exception);
        }
    }
}
