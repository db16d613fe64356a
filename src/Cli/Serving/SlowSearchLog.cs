using System.Diagnostics;
using Microsoft.Extensions.Logging;
using VectorCluster.Coordinator.Telemetry;

namespace VectorCluster.Cli;

/// <summary>Logs searches that took long.</summary>
internal sealed partial class SlowSearchLog(ILogger<SlowSearchLog> logger)
{
    public void Report(SlowSearch search) => LogSlow(
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
