using System.Diagnostics;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Telemetry;

namespace VectorCluster.Engine.Shards;

/// <summary>The background work of a shard: adds what was written to the graphs, in small steps, and checkpoints what
/// changed.</summary>
internal sealed class ShardMaintenance
{
    /// <summary>Places a step adds: some ten milliseconds, so that shards take turns and a checkpoint waits no
    /// longer.</summary>
    private const int PlacesPerStep = 256;

    /// <summary>Pause after a checkpoint that failed.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly ShardId _shard;
    private readonly ShardState _state;
    private readonly IShardStore _store;
    private readonly ShardTenure _tenure;
    private readonly EngineThreads _threads;
    private readonly ShardOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly SemaphoreSlim _checkpointTurn = new(1, 1);
    private TaskCompletionSource _progress = NewProgress();
    private long _logBytes;
    private int _addedPlaces;
    private long _checkpointLsn;
    private bool _mayTrim; // the log may have what the checkpoint has, erased points too
    private bool _isDeposed;
    private volatile CheckpointHold? _hold;

    public ShardMaintenance(
        ShardId shard,
        ShardState state,
        IShardStore store,
        ShardTenure tenure,
        Lsn checkpointLsn,
        EngineThreads threads,
        ShardOptions options,
        TimeProvider time)
    {
        (_shard, _state, _store, _tenure) = (shard, state, store, tenure);
        (_threads, _options, _time) = (threads, options, time);
        _checkpointLsn = checkpointLsn.Value;
        _mayTrim = _checkpointLsn > 0; // a crash may have come between the last checkpoint and its trimming
        if (state.AppliedLsn > _checkpointLsn || FindUnindexed() is not null) _work.Release();
        Completion = RunAsync();
    }

    /// <summary>Ends after <see cref="StopAsync"/>, when the shard was deposed, or with the bug that stopped the
    /// background work.</summary>
    public Task Completion { get; }

    /// <summary>Why the last checkpoint failed; null if it did not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Vectors that wait for a graph, over all names.</summary>
    public long UnindexedCount
    {
        get
        {
            var count = 0L;
            foreach (var index in _state.Vectors)
                if (NeedsGraph(index)) count += _state.Points.Count - index.IndexedUpTo;
            return count;
        }
    }

    private bool HasChanges => IsSaveWanted || _mayTrim;

    private bool IsSaveWanted => (_state.AppliedLsn > _checkpointLsn || _addedPlaces > 0) && !IsLogEnough;

    /// <summary>Whether replaying the log is cheaper than a checkpoint, and the log holds nothing that was
    /// erased.</summary>
    private bool IsLogEnough =>
        _state.AppliedLsn > _checkpointLsn // first: whoever sees a record sees what it erased
        && _state.LastErasureLsn <= _checkpointLsn
        && Interlocked.Read(ref _logBytes) < Math.Min(_options.SmallLogBytes, _options.CheckpointLogBytes)
        && _addedPlaces <= PlacesPerStep;

    /// <summary>Tells of records that were applied.</summary>
    public void NoteWrites(long bytes)
    {
        Interlocked.Add(ref _logBytes, bytes);
        if (_work.CurrentCount == 0) _work.Release();
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
            if (UnindexedBytes() <= _options.MaxUnindexedBytes || Completion.IsCompleted) return;
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
                if (FindUnindexed() is { } index) await AddToGraphAsync(index);
                else if (!await WaitForWorkAsync()) await CheckpointAsync();
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

    private bool NeedsGraph(VectorIndex index) =>
        index.GraphCount > 0 || _state.Points.LiveCount >= Math.Max(1, index.Settings.Hnsw.ExactScanThreshold);

    private VectorIndex? FindUnindexed()
    {
        foreach (var index in _state.Vectors)
            if (index.IndexedUpTo < _state.AppliedCount && NeedsGraph(index)) return index;
        return null;
    }

    private long UnindexedBytes()
    {
        var floats = 0L;
        foreach (var index in _state.Vectors)
            if (NeedsGraph(index))
                floats += (long)(_state.Points.Count - index.IndexedUpTo) * index.Vectors.PaddedDimension;
        return floats * sizeof(float);
    }

    private async Task AddToGraphAsync(VectorIndex index)
    {
        await _threads.BuildAsync(
            scratches =>
            {
                lock (_state.GraphGate)
                {
                    var end = Math.Min(index.IndexedUpTo + PlacesPerStep, _state.AppliedCount);
                    var places = LivePlaces(index, end);
                    index.AddToGraph(places, end, scratches);
                    _addedPlaces += places.Length;
                }
            },
            _stopping.Token);
        Interlocked.Exchange(ref _progress, NewProgress()).TrySetResult();
    }

    /// <summary>Places of the next step that have the vector and are not deleted as far as any reader can
    /// see.</summary>
    private int[] LivePlaces(VectorIndex index, int end)
    {
        var applied = _state.AppliedLsn;
        var places = new List<int>(PlacesPerStep);
        for (var place = index.IndexedUpTo; place < end; place++)
        {
            ref var record = ref _state.Points[place];
            var hasVector = (record.VectorMask & (1u << index.MaskBit)) != 0;
            if (hasVector && Volatile.Read(ref record.DeletedAt) > applied) places.Add(place);
        }

        return [.. places];
    }

    private bool IsCheckpointDue()
    {
        if (_hold is { Left.Ticks: > 0 }) return false;
        var places = Math.Max(_options.CheckpointGraphPlaces, _state.Vectors.Sum(index => index.GraphCount) / 10);
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
                Failure = null;
            }
            finally
            {
                _checkpointTurn.Release();
            }
        }
        catch (Exception exception)
        {
            EngineTelemetry.NoteCheckpointFailed();
            Failure = $"The last checkpoint failed: {exception.Message}";
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
        var added = _addedPlaces;
        var began = _time.GetTimestamp();
        using var activity = EngineTelemetry.Start("store checkpoint", _shard);
        var checkpoint = Checkpoint.Capture(_state);
        var bytes = checkpoint.Bytes;
        var status = await checkpoint.SaveAsync(_store, _shard, epoch, _abandoned.Token);
        if (status == StoreStatus.Rejected) return status;
        EngineTelemetry.NoteCheckpoint(bytes, _time.GetElapsedTime(began));
        Interlocked.Add(ref _logBytes, -logBytes);
        _addedPlaces -= added;
        _checkpointLsn = checkpoint.Manifest.Lsn.Value;
        _mayTrim = true;
        return status;
    }
}
