using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Shards;

/// <summary>The state that a shard works on now: repair puts another one in its place.</summary>
/// <remarks>
/// Both hold the same points as of the same LSN when they change places. A reader enters the shard's
/// <see cref="ReaderGate"/>, takes <see cref="Now"/> once and reads that one to its end; nothing changes the old one
/// any more, and it is freed when all have left that may have taken it. What changes a state holds its gate and makes
/// sure that it still is the present one.
/// </remarks>
internal sealed class CurrentState(ShardState first) : IRecordTarget
{
    private ShardState _now = first;

    public ShardState Now => Volatile.Read(ref _now);

    public long AppliedLsn => Now.AppliedLsn;

    /// <inheritdoc cref="ShardState.Apply"/>
    public int Apply(Lsn lsn, ReadOnlySpan<byte> record)
    {
        while (true)
        {
            var state = Now;
            lock (state.Gate)
            {
                if (state == Now) return state.Apply(lsn, record);
            }
        }
    }

    /// <inheritdoc cref="ShardState.SetPayloadIndexes"/>
    public void SetPayloadIndexes(IReadOnlyDictionary<string, PayloadIndexKind> wanted)
    {
        while (true)
        {
            var state = Now;
            lock (state.Gate)
            {
                if (state != Now) continue;
                state.SetPayloadIndexes(wanted);
                return;
            }
        }
    }

    /// <inheritdoc cref="Checkpoint.Capture"/>
    public Checkpoint Capture()
    {
        while (true)
        {
            var state = Now;
            lock (state.GraphGate)
            {
                if (state == Now) return Checkpoint.Capture(state);
            }
        }
    }

    /// <summary>Puts a state in the place of the present one. The caller holds the gates of the present one.</summary>
    public void ReplaceNeedsLock(ShardState next) => Volatile.Write(ref _now, next);
}
