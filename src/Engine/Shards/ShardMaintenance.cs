using System.Diagnostics;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Repair;
using VectorCluster.Engine.Telemetry;

namespace VectorCluster.Engine.Shards;

/// <summary>The background work of a shard: adds what was written to the graphs and repairs what deletions leave, in
/// small steps, and checkpoints what changed.</summary>
internal sealed class ShardMaintenance
{
    /// <summary>Places a step adds: some ten milliseconds, so that shards take turns and a checkpoint waits no
    /// longer.</summary>
    private const int PlacesPerStep = 256;

    /// <summary>Pause after a checkpoint that failed.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly ShardId _shard;
    private readonly CurrentState _current;
    private readonly IShardStore _store;
    private readonly ShardTenure _tenure;
    private readonly EngineThreads _threads;
    private readonly RepairSchedule _repairs;
    private readonly ShardOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly SemaphoreSlim _checkpointTurn = new(1, 1);
    private TaskCompletionSource _progress = NewProgress();
    private long _logBytes;
    private int _addedPlaces;
    private int _savedRepairs;
    private long _checkpointLsn;
    private bool _mayTrim; // the log may have what the checkpoint has, erased points too
    private bool _isDeposed;
    private volatile CheckpointHold? _hold;

    public ShardMaintenance(
        ShardId shard,
        CurrentState current,
        IShardStore store,
        ShardTenure tenure,
        Lsn checkpointLsn,
        ReaderGate readers,
        EngineThreads threads,
        ShardOptions options,
        TimeProvider time)
    {
        (_shard, _current, _store, _tenure) = (shard, current, store, tenure);
        (_threads, _options, _time) = (threads, options, time);
        _repairs = new(current, readers, threads, options, Wake);
        _checkpointLsn = checkpointLsn.Value;
        _mayTrim = _checkpointLsn > 0; // a crash may have come between the last checkpoint and its trimming
        if (current.AppliedLsn > _checkpointLsn || GraphGrowth.FindUnindexed(current.Now) is not null) _work.Release();
        Completion = RunAsync();
    }

    /// <summary>Ends after <see cref="StopAsync"/>, when the shard was deposed, or with the bug that stopped the
    /// background work.</summary>
    public Task Completion { get; }

    /// <summary>Why the last checkpoint failed; null if it did not.</summary>
    public string? CheckpointFailure { get; private set; }

    /// <summary>Why the last repair was given up; null if it was not.</summary>
    public string? RepairFailure => _repairs.Failure;

    /// <summary>Vectors that wait for a graph, over all names.</summary>
    public long UnindexedCount => GraphGrowth.CountUnindexed(_current.Now);

    /// <inheritdoc cref="RepairSchedule.IsUnderWay"/>
    public bool IsRepairing => _repairs.IsUnderWay;

    /// <summary>Bytes of a copy that repair is making.</summary>
    public long RepairBytes => _repairs.ResidentBytes;

    private bool HasChanges => IsSaveWanted || _mayTrim;

    private bool IsSaveWanted =>
        _repairs.FinishedCount != _savedRepairs
        || ((_current.AppliedLsn > _checkpointLsn || _addedPlaces > 0) && !IsLogEnough);

    /// <summary>Whether replaying the log is cheaper than a checkpoint, and the log holds nothing that was
    /// erased.</summary>
    private bool IsLogEnough =>
        _current.AppliedLsn > _checkpointLsn // first: whoever sees a record sees what it erased
        && _current.Now.LastErasureLsn <= _checkpointLsn
        && Interlocked.Read(ref _logBytes) < Math.Min(_options.SmallLogBytes, _options.CheckpointLogBytes)
        && _addedPlaces <= PlacesPerStep;

    /// <summary>Tells of records that were applied.</summary>
    public void NoteWrites(long bytes)
    {
        Interlocked.Add(ref _logBytes, bytes);
        Wake();
    }

    /// <summary>Checkpoints what changed, then makes no more checkpoints until the hold is over.</summary>
    /// <exception cref="ShardClosedException">A newer owner took the shard.</exception>
    /// <exception cref="ShardReadOnlyException">The store does not answer.</exception>
    public async Task<CheckpointHold> HoldCheckpointsAsync(TimeSpan hold, CancellationToken cancellationToken)
    {
        await _checkpointTurn.WaitAsync(cancellationToken);
        try
        {
            if (_tenure.Doubt is { } doubt) throw new ShardReadOnlyException(_shard, doubt);
            if (HasChanges && await SaveAndTrimAsync(_tenure.Epoch) == StoreStatus.Rejected)
                throw new ShardClosedException(_shard);
            return _hold = new(hold, _time);
        }
        finally
        {
            _checkpointTurn.Release();
        }
    }

    /// <summary>Waits until the graphs have caught up far enough to take more writes.</summary>
    public async Task WaitForRoomAsync()
    {
        while (true)
        {
            var progress = Volatile.Read(ref _progress);
            if (Completion.IsCompleted) return;
            if (GraphGrowth.UnindexedBytes(_current.Now) <= _options.MaxUnindexedBytes) return;
            await Task.WhenAny(progress.Task, Completion);
        }
    }

    /// <summary>Stops, after a last checkpoint if anything changed.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        try
        {
            await Completion;
        }
        finally
        {
            await _repairs.StopAsync();
            _hold?.Dispose();
            if (HasChanges && !_isDeposed) await CheckpointAsync();
            _stopping.Dispose();
            _work.Dispose();
        }
    }

    /// <summary>Stops without a checkpoint: the shard has been deposed, or its store does not answer, or whoever gets
    /// it next has a copy that one would make useless.</summary>
    public async Task AbandonAsync()
    {
        await _stopping.CancelAsync();
        await _abandoned.CancelAsync();
        await Completion.ContinueWith(_ => { }, TaskScheduler.Default);
        await _repairs.StopAsync();
    }

    private void Wake()
    {
        if (_work.CurrentCount == 0) _work.Release();
    }

    private static TaskCompletionSource NewProgress() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        await Task.Yield();
        Activity.Current = null; // whatever opened the shard is over long before this is
        try
        {
            while (!_stopping.IsCancellationRequested && !_isDeposed)
            {
                var hasWorked = await GrowGraphAsync();
                if (await _repairs.StepAsync(_stopping.Token)) hasWorked = true;
                if (hasWorked) Interlocked.Exchange(ref _progress, NewProgress()).TrySetResult();
                else if (!await WaitForWorkAsync() && !_repairs.NoteQuiet()) await CheckpointAsync();
                if (IsCheckpointDue()) await CheckpointAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    /// <returns>False: nothing came for a while, and there is something to checkpoint.</returns>
    private async Task<bool> WaitForWorkAsync()
    {
        if (!HasChanges)
        {
            await _work.WaitAsync(_stopping.Token);
            return true;
        }

        var held = _hold?.Left ?? TimeSpan.Zero;
        var delay = held > _options.IdleCheckpointDelay ? held : _options.IdleCheckpointDelay;
        using var idle = new CancellationTokenSource(delay, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, _stopping.Token);
        try
        {
            await _work.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <returns>False: the graphs have all that belongs there, or are about to be replaced.</returns>
    private async Task<bool> GrowGraphAsync()
    {
        var state = _current.Now;
        if (_repairs.IsCatchingUp || GraphGrowth.FindUnindexed(state) is not { } index) return false;
        await _threads.BuildAsync(
            scratches => _addedPlaces += GraphGrowth.Add(state, index, PlacesPerStep, scratches), _stopping.Token);
        return true;
    }

    private bool IsCheckpointDue()
    {
        if (_hold is { Left.Ticks: > 0 }) return false;
        var places = Math.Max(_options.CheckpointGraphPlaces, _current.Now.Vectors.Sum(index => index.GraphCount) / 10);
        return Interlocked.Read(ref _logBytes) >= _options.CheckpointLogBytes || _addedPlaces >= places;
    }

    private async Task CheckpointAsync()
    {
        if (_tenure.Doubt is not null) return; // the store is away; the next turn comes when something waits again
        try
        {
            await _checkpointTurn.WaitAsync(_abandoned.Token);
            try
            {
                if (_hold is { Left.Ticks: > 0 }) return;
                await SaveAndTrimAsync(_tenure.Epoch);
                CheckpointFailure = null;
            }
            finally
            {
                _checkpointTurn.Release();
            }
        }
        catch (Exception exception)
        {
            EngineTelemetry.NoteCheckpointFailed();
            CheckpointFailure = $"The last checkpoint failed: {exception.Message}";
            if (!_stopping.IsCancellationRequested) await Task.Delay(RetryDelay, _time, _stopping.Token);
        }
    }

    private async Task<StoreStatus> SaveAndTrimAsync(Epoch epoch)
    {
        var began = _tenure.Now;
        var status = IsSaveWanted ? await SaveAsync(epoch) : StoreStatus.Done;
        if (status == StoreStatus.Done && _mayTrim)
        {
            status = await _store.TrimAsync(_shard, epoch, new(_checkpointLsn), _abandoned.Token);
            _mayTrim = status != StoreStatus.Done;
            if (status == StoreStatus.Done) _tenure.Confirm(began);
        }

        // If it is not lost, a renewal came between: the next turn succeeds.
        if (status != StoreStatus.Rejected || !_tenure.IsLost(epoch)) return status;
        _isDeposed = true;
        _tenure.End();
        return status;
    }

    private async Task<StoreStatus> SaveAsync(Epoch epoch)
    {
        using var place = await _threads.EnterCheckpointAsync(_abandoned.Token);
        var logBytes = Interlocked.Read(ref _logBytes);
        var (added, repairs) = (_addedPlaces, _repairs.FinishedCount); // before: what comes between is saved again
        var began = _time.GetTimestamp();
        using var activity = EngineTelemetry.Start("store checkpoint", _shard, ActivityKind.Client);
        var checkpoint = _current.Capture();
        var bytes = checkpoint.Bytes;
        var status = await checkpoint.SaveAsync(_store, _shard, epoch, _abandoned.Token);
        if (status == StoreStatus.Rejected) return status;
        EngineTelemetry.NoteCheckpoint(bytes, _time.GetElapsedTime(began));
        Interlocked.Add(ref _logBytes, -logBytes);
        _addedPlaces -= added;
        _savedRepairs = repairs;
        _checkpointLsn = checkpoint.Manifest.Lsn.Value;
        _mayTrim = true;
        return status;
    }
}
