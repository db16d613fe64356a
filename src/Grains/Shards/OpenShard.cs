using Orleans.Runtime;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Grains.Shards;

/// <summary>A shard in memory, the activation that has it, and how it is used.</summary>
internal sealed class OpenShard(
    Shard shard, CollectionSettings settings, IGrainContext grain, MemoryClaim memory, TimeProvider time)
{
    /// <summary>Weight of the last second in the smoothed rate of calls.</summary>
    private const double Smoothing = 0.3;

    private CollectionSettings _settings = settings;
    private long _usedAt = time.GetTimestamp();
    private long _calls;
    private long _measuredAt = time.GetTimestamp();
    private long _measuredCalls;
    private int _running;
    private bool _wasPassedBy;

    public Shard Shard => shard;

    public ShardId Id => shard.Id;

    public IGrainContext Grain => grain;

    public MemoryClaim Memory => memory;

    /// <summary>What the shard was opened with, or took up since.</summary>
    public CollectionSettings Settings => Volatile.Read(ref _settings);

    public bool IsIdle => Volatile.Read(ref _running) == 0;

    /// <summary>Time stamp of the last call's end.</summary>
    public long UsedAt => Interlocked.Read(ref _usedAt);

    public double CallsPerSecond { get; private set; }

    public long PointCount { get; private set; }

    /// <summary>It is changing hands: it is not to be closed for its memory.</summary>
    public bool IsMoving => IsLeaving || Hold is { Left.Ticks: > 0 };

    /// <summary>Its activation has been told to migrate.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Keeps checkpoints back while it is loaded elsewhere; null: no move was prepared.</summary>
    public CheckpointHold? Hold { get; set; }

    public void SetSettings(CollectionSettings settings, CollectionSettings present) =>
        Interlocked.CompareExchange(ref _settings, settings, present);

    /// <summary>Notes that the activation was passed by.</summary>
    public void NotePassing() => Volatile.Write(ref _wasPassedBy, true);

    /// <returns>Whether it was, since the last question.</returns>
    public bool TakePassing() => Interlocked.Exchange(ref _wasPassedBy, false);

    public void Enter()
    {
        Interlocked.Increment(ref _running);
        Interlocked.Increment(ref _calls);
    }

    public void Leave()
    {
        Interlocked.Exchange(ref _usedAt, time.GetTimestamp());
        Interlocked.Decrement(ref _running);
    }

    /// <summary>Looks how large the shard has become.</summary>
    public void MeasureSize()
    {
        if (!shard.TryMeasure(out var points, out var bytes)) return; // what it holds is freed when it is closed
        PointCount = points;
        memory.Resize(bytes);
    }

    /// <summary>Brings the rate of calls up to now. For one caller at a time.</summary>
    public void MeasureRate()
    {
        var (now, calls) = (time.GetTimestamp(), Interlocked.Read(ref _calls));
        var seconds = time.GetElapsedTime(_measuredAt, now).TotalSeconds;
        if (seconds <= 0) return;
        CallsPerSecond += Smoothing * (((calls - _measuredCalls) / seconds) - CallsPerSecond);
        (_measuredAt, _measuredCalls) = (now, calls);
    }
}
