using Orleans.Runtime;
using VectorCluster.Grains.Loads;

namespace VectorCluster.Grains.Balancing;

/// <summary>A move from its planning to its end.</summary>
internal sealed class RunningMove(
    ShardId shard, SiloAddress from, SiloAddress to, long bytes, MoveReason reason, TimeProvider time)
{
    private readonly TaskCompletionSource<ShardMove> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _startedAt = time.GetTimestamp();
    private readonly DateTimeOffset _startedOn = time.GetUtcNow();
    private long? _switchingAt;
    private TimeSpan? _took;
    private string? _failure;

    public ShardId Shard => shard;

    public SiloAddress From => from;

    public SiloAddress To => to;

    public long Bytes => bytes;

    public MoveReason Reason => reason;

    public ShardMoveStatus Status
    {
        get;
        set
        {
            field = value;
            if (value == ShardMoveStatus.Switching) _switchingAt = time.GetTimestamp();
        }
    } = ShardMoveStatus.Waiting;

    /// <summary>How long calls have waited for it to change hands.</summary>
    public TimeSpan Switched => _switchingAt is { } at ? time.GetElapsedTime(at) : TimeSpan.Zero;

    public Task<ShardMove> Ended => _ended.Task;

    public void End(string? failure)
    {
        Status = failure is null ? ShardMoveStatus.Done : ShardMoveStatus.Failed;
        _failure = failure;
        _took = time.GetElapsedTime(_startedAt);
        _ended.TrySetResult(Describe());
    }

    public ShardMove Describe() => new(
        shard,
        SiloLoad.NameOf(from),
        SiloLoad.NameOf(to),
        bytes,
        Status,
        reason switch
        {
            MoveReason.Drain => "The silo hands all its shards over.",
            MoveReason.Bytes => "The silo held more than its share of the bytes.",
            MoveReason.Calls => "The silo got more than its share of the calls.",
            _ => "An operator asked for it.",
        },
        _startedOn,
        _took,
        _failure);
}
