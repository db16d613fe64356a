using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace VectorCluster.Api;

/// <summary>Logs searches that took long. Called within the search, so that it sees its trace.</summary>
public sealed partial class SlowSearchLog(ILogger<SlowSearchLog> logger)
{
    /// <param name="plan">What each shard did, such as <c>0: filtered_graph, 1532 visited</c>.</param>
    public void Report(string collection, string @namespace, TimeSpan took, int limit, bool hasFilter, string plan) =>
        LogSlow(
            logger,
            collection,
            @namespace,
            took.TotalMilliseconds,
            limit,
            hasFilter,
            plan,
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
