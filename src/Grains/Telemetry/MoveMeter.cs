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

    /// <summary>Shows all counters at 0, before there are moves: an alert on their increase would not see the first
    /// one otherwise.</summary>
    public static void Publish()
    {
        foreach (var reason in Enum.GetValues<MoveReason>())
        {
            Count(0, isDone: true, reason);
            Count(0, isDone: false, reason);
        }

        Bytes.Add(0);
    }

    public static void NoteEnded(RunningMove move, bool isDone)
    {
        Count(1, isDone, move.Reason);
        if (!isDone) return;
        Bytes.Add(move.Bytes);
        SwitchSeconds.Record(move.Switched.TotalSeconds);
    }

    private static void Count(long moves, bool isDone, MoveReason reason) => Moves.Add(
        moves, new("outcome", isDone ? "done" : "failed"), new("reason", reason.ToString().ToLowerInvariant()));
}
