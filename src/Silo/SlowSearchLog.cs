using System.Diagnostics;
using VectorCluster.Coordinator;
using VectorCluster.Coordinator.Telemetry;

namespace VectorCluster.Silo;

/// <summary>Logs searches that this silo coordinated and that took long.</summary>
internal sealed partial class SlowSearchLog(
    DatabaseCoordinator coordinator, SiloSettings settings, ILogger<SlowSearchLog> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        coordinator.SlowSearches = new(settings.Telemetry.SlowSearch, Report);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Report(SlowSearch search) => LogSlow(
        logger,
        search.Collection,
        search.Namespace,
        search.Took.TotalMilliseconds,
        search.Limit,
        search.HasFilter,
        search.Plan,
        Activity.Current?.TraceId.ToHexString());

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Slow search in {Collection}/{Namespace}: {TookMs} ms, limit {Limit}, filtered {HasFilter}, plan by "
            + "shard: {Plan}; trace {TraceId}")]
    private static partial void LogSlow(
        ILogger logger,
        string collection,
        string @namespace,
        double tookMs,
        int limit,
        bool hasFilter,
        string plan,
        string? traceId);
}
