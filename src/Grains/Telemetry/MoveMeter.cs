using System.Diagnostics.Metrics;
using VectorCluster.Grains.Balancing;

namespace VectorCluster.Grains.Telemetry;

/// <summary>What moves of shards cost, counted by the silo that has the balancer.</summary>
internal static class MoveMeter
{
    private static readonly Meter Meter = new("VectorCluster.Moves");

    private static readonly Counter<long> Moves = Meter.CreateCounter<long>(
        "vector_moves_total", null, "Moves of shards that ended, by what became of them and why they were made.");

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>(
        "vector_move_bytes_total", "By", "Bytes of the shards that were moved.");

    private static readonly Histogram<double> SwitchSeconds = Meter.CreateHistogram<double>(
        "vector_move_switch_duration_seconds", "s", "How long calls of a shard that moved had to wait.");

    public static void NoteEnded(RunningMove move, bool isDone)
    {
        Moves.Add(
            1,
            new("outcome", isDone ? "done" : "failed"),
            new("reason", move.Reason.ToString().ToLowerInvariant()));
        if (!isDone) return;
        Bytes.Add(move.Bytes);
        SwitchSeconds.Record(move.Switched.TotalSeconds);
    }
}
