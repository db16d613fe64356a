using VectorCluster.Grains.Loads;

namespace VectorCluster.Grains.Balancing;

/// <summary>Moves that wait, run, and ended lately. Starts as many as may run.</summary>
/// <remarks>Not safe for calls at the same time; the balancer's turns are one at a time.</remarks>
internal sealed class MoveQueue(Func<RunningMove, Task> run, VectorClusterOptions options, TimeProvider time)
{
    private const int History = 100;

    /// <summary>Small moves at a time: each is over within some dozens of milliseconds.</summary>
    private const int SmallAtOnce = 8;

    private readonly List<RunningMove> _waiting = [];
    private readonly List<RunningMove> _running = [];
    private readonly Queue<ShardMove> _ended = [];
    private TimeSpan _debt; // how long balancing has to pause for the bytes it has moved
    private long _paidAt = time.GetTimestamp();

    public int WaitingCount => _waiting.Count;

    public int RunningCount => _running.Count;

    public bool IsEmpty => _waiting.Count == 0 && _running.Count == 0;

    public RunningMove? Find(ShardId shard) =>
        _running.Find(move => move.Shard == shard) ?? _waiting.Find(move => move.Shard == shard);

    /// <summary>Whether a move of the shard ended without success a short while ago.</summary>
    public bool HasFailed(ShardId shard, TimeSpan within)
    {
        var since = time.GetUtcNow() - within;
        return _ended.Any(move => move.Status == ShardMoveStatus.Failed && move.Shard == shard
            && move.StartedAt + move.Took > since);
    }

    /// <summary>Newest first.</summary>
    public IEnumerable<ShardMove> Describe() =>
        [.. _waiting.Select(move => move.Describe()).Reverse(), .. _running.Select(move => move.Describe()).Reverse(),
            .. _ended.Reverse()];

    public void Add(RunningMove move)
    {
        if (move.Reason == MoveReason.Operator) _waiting.Insert(0, move);
        else _waiting.Add(move);
    }

    /// <summary>Drops moves that a newer plan stands for.</summary>
    public void DropPlanned(bool alsoDrains)
    {
        foreach (var move in _waiting.FindAll(IsDropped)) move.End("A newer plan took its place.");
        _waiting.RemoveAll(IsDropped);

        bool IsDropped(RunningMove move) => move.Reason switch
        {
            MoveReason.Operator => false,
            MoveReason.Drain => alsoDrains,
            _ => true,
        };
    }

    /// <summary>Starts what may run now. To be called again when a move has ended, and now and then.</summary>
    public void Pump()
    {
        PayDebt();
        foreach (var move in _waiting.ToList())
        {
            if (!MayStart(move) || !_waiting.Remove(move)) continue;
            _running.Add(move);
            if (IsPaced(move)) _debt += DebtOf(move);
            _ = RunAsync(move);
        }
    }

    private static bool IsPaced(RunningMove move) => move.Reason is MoveReason.Bytes or MoveReason.Calls;

    private TimeSpan DebtOf(RunningMove move)
    {
        var debt = TimeSpan.FromSeconds((double)move.Bytes / options.MoveBytesPerSecond);
        return IsSmall(move) || debt > options.MovePause ? debt : options.MovePause;
    }

    private bool IsSmall(RunningMove move) => move.Bytes < options.WarmMoveBytes;

    private bool MayStart(RunningMove move)
    {
        if (IsPaced(move) && _debt > TimeSpan.Zero) return false;
        var isSmall = IsSmall(move);
        var alike = _running.Count(other => IsSmall(other) == isSmall);
        return alike < (isSmall ? SmallAtOnce : options.MovesAtOnce);
    }

    private void PayDebt()
    {
        var now = time.GetTimestamp();
        _debt -= time.GetElapsedTime(_paidAt, now);
        if (_debt < TimeSpan.Zero) _debt = TimeSpan.Zero;
        _paidAt = now;
    }

    private async Task RunAsync(RunningMove move)
    {
        string? failure = null;
        try
        {
            await run(move);
        }
        catch (Exception exception)
        {
            failure = exception.Message;
        }

        _running.Remove(move);
        move.End(failure);
        _ended.Enqueue(await move.Ended);
        if (_ended.Count > History) _ended.Dequeue();
        Pump();
    }
}
