using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Repair;

/// <summary>When a shard is repaired: once enough of its places are dead, and in its turn among the shards of the
/// process, because a repair holds a copy of the shard.</summary>
/// <remarks>One caller at a time: the shard's maintenance.</remarks>
/// <param name="wake">Called, by whatever thread, when a repair that was waited for can begin.</param>
internal sealed class RepairSchedule(
    CurrentState current, ReaderGate readers, EngineThreads threads, ShardOptions options, Action wake)
{
    private readonly CancellationTokenSource _stopping = new();
    private ShardRepair? _repair;
    private Task _entering = Task.CompletedTask;
    private Task _freeing = Task.CompletedTask;
    private volatile IDisposable? _turn;
    private volatile bool _isFreeing;
    private bool _isEntering;
    private bool _isWanted;
    private int _deadPlacesToRetry; // 0: the last repair did not fail

    /// <summary>Repairs that were finished.</summary>
    public int FinishedCount { get; private set; }

    /// <summary>From the moment on that a repair begins until what it replaced is freed.</summary>
    public bool IsUnderWay => _isFreeing || Volatile.Read(ref _repair) is not null;

    /// <inheritdoc cref="ShardRepair.IsCatchingUp"/>
    public bool IsCatchingUp => _repair is { IsCatchingUp: true };

    /// <summary>Bytes that a repair under way takes beside the shard.</summary>
    public long ResidentBytes => Volatile.Read(ref _repair)?.ResidentBytes ?? 0;

    /// <summary>Why the last repair was given up; null if it was not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Tells that the shard is quiet, when less is enough for a repair.</summary>
    /// <returns>Whether one was called for that was not before.</returns>
    public bool NoteQuiet()
    {
        if (_isWanted || _repair is not null || !IsDue(options.QuietRepairShare, least: 1)) return false;
        return _isWanted = true;
    }

    /// <summary>Does a step of a repair, if one is under way or due.</summary>
    /// <returns>False: there was nothing to do, or it is not the shard's turn yet.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        if (_repair is not { } repair)
        {
            if (!TryBegin()) return false;
            Volatile.Write(ref _repair, repair = new(current));
        }

        var before = current.Now;
        try
        {
            await threads.BuildAsync(repair.Step, cancellationToken);
        }
        catch (IOException exception)
        {
            GiveUp(repair, exception);
            return false;
        }

        if (repair.IsDone) Finish(repair, before);
        return true;
    }

    /// <summary>Ends a repair under way without a trace. The gate of the readers may be closed already.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        _repair?.Dispose();
        await _freeing;
        await _entering.ContinueWith(static _ => { }, TaskScheduler.Default);
        _turn?.Dispose();
        _stopping.Dispose();
    }

    private bool IsDue(double share, int least)
    {
        var points = current.Now.Points;
        var due = Math.Max(least, points.Count * share);
        return points.DeadCount >= Math.Max(due, _deadPlacesToRetry);
    }

    private bool TryBegin()
    {
        _isWanted = _isWanted || IsDue(options.RepairShare, options.RepairPlaces);
        if (!_isWanted || _isFreeing) return false;
        if (!_isEntering)
        {
            _isEntering = true;
            _entering = EnterAsync();
        }

        if (_turn is null) return false;
        (_isWanted, _isEntering) = (false, false);
        return true;
    }

    private async Task EnterAsync()
    {
        _turn = await threads.EnterRepairAsync(_stopping.Token);
        wake();
    }

    /// <summary>The disk has no room for the copy's mapped files. The shard goes on as it is; twice as many dead places
    /// make another try worth while.</summary>
    private void GiveUp(ShardRepair repair, IOException exception)
    {
        repair.Dispose();
        Volatile.Write(ref _repair, null);
        _turn!.Dispose();
        _turn = null;
        _deadPlacesToRetry = 2 * current.Now.Points.DeadCount;
        Failure = $"The last repair failed: {exception.Message}";
    }

    private void Finish(ShardRepair repair, ShardState before)
    {
        repair.Dispose();
        (_deadPlacesToRetry, Failure) = (0, null);
        _isFreeing = true;
        Volatile.Write(ref _repair, null);
        FinishedCount++;
        _freeing = FreeAsync(before);
    }

    /// <summary>Frees the state that was replaced when nobody reads it any more; then another repair can
    /// begin.</summary>
    private async Task FreeAsync(ShardState state)
    {
        await readers.WaitForPresentAsync();
        state.Dispose();
        _turn!.Dispose();
        _turn = null;
        _isFreeing = false;
        wake();
    }
}
