namespace VectorCluster.Engine.Shards;

/// <summary>Keeps a shard from making checkpoints while a warm copy of it is loaded elsewhere: for a time, or until
/// disposed.</summary>
public sealed class CheckpointHold : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _length;
    private readonly long _began;
    private volatile bool _isOver;

    internal CheckpointHold(TimeSpan length, TimeProvider time) =>
        (_length, _time, _began) = (length, time, time.GetTimestamp());

    /// <summary>Time that is left; zero once it is over.</summary>
    public TimeSpan Left
    {
        get
        {
            var left = _isOver ? TimeSpan.Zero : _length - _time.GetElapsedTime(_began);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Calls the move off. What changed is checkpointed when it next would be.</summary>
    public void Dispose() => _isOver = true;
}
