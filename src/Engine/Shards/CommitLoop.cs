using System.Diagnostics;
using System.Threading.Channels;
using VectorCluster.Engine.Filters;
using VectorCluster.Engine.Telemetry;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Shards;

/// <summary>The single writer of a shard: takes what waits, appends it to the store as one commit, applies it,
/// answers.</summary>
/// <remarks>
/// <para>While one commit becomes durable the next writes gather, so concurrent writes share the cost of a
/// flush.</para>
/// <para>An operation whose meaning depends on what the shard holds (a filter, or ids that must exist) starts a commit
/// of its own, so that it sees every write before it; its record names ids, so replaying it needs no filter.</para>
/// <para>When the store fails, the writes of that commit have an unknown outcome and those that wait or come are
/// refused, until <see cref="ShardTenure"/> has settled what the store holds; then writes go on. When that can't be
/// settled, or the shard was deposed, the loop ends, and the shard must be opened anew.</para>
/// </remarks>
internal sealed class CommitLoop
{
    /// <summary>Bytes of a commit that takes no more: what waits goes into the next. The last record may be one of the
    /// largest, which the store's <see cref="WalLimits.MaxCommitBytes"/> has room for.</summary>
    private const long FullCommitBytes = 16L * 1024 * 1024;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Channel<PendingWrite> _queue =
        Channel.CreateUnbounded<PendingWrite>(new() { SingleReader = true });
    private readonly ShardId _shard;
    private readonly CurrentState _current;
    private readonly IShardStore _store;
    private readonly ShardOptions _options;
    private readonly ShardMaintenance _maintenance;
    private readonly ShardTenure _tenure;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _admission = new(); // no write may slip into the queue behind the refusal of all
    private Lsn _last;
    private long _queuedBytes;

    public CommitLoop(
        ShardId shard,
        CurrentState current,
        IShardStore store,
        ShardTenure tenure,
        ShardOptions options,
        ShardMaintenance maintenance)
    {
        (_shard, _current, _store, _options, _maintenance) = (shard, current, store, options, maintenance);
        _tenure = tenure;
        _last = new(current.AppliedLsn);
        Completion = RunAsync();
    }

    /// <summary>Ends when the loop has: after <see cref="Stop"/>, or because the shard was deposed or parted from its
    /// store.</summary>
    public Task Completion { get; }

    /// <summary>Takes no more writes; those that wait are still done if the store answers.</summary>
    public void Stop()
    {
        _queue.Writer.TryComplete();
        _stopping.Cancel();
    }

    public Task<WriteReceipt> SubmitAsync(ShardOperation operation, CancellationToken cancellationToken)
    {
        var record = operation switch
        {
            UpsertPoints upsert => WalCodec.EncodeUpsert(upsert.Points, _current.Now.VectorNames),
            DeletePoints { Selector: PointIdsSelector ids } => WalCodec.EncodeDelete(ids.Ids),
            _ => default, // needs the state; see Prepare
        };
        CheckSize(record);
        var write = new PendingWrite(operation, record, cancellationToken);
        if (Interlocked.Add(ref _queuedBytes, record.Length) > _options.MaxQueuedBytes && record.Length < _queuedBytes)
        {
            Interlocked.Add(ref _queuedBytes, -record.Length);
            throw new OverloadedException($"Too many writes are waiting in shard {_shard}.", RetryAfter);
        }

        Exception? doubt;
        lock (_admission)
        {
            doubt = _tenure.Doubt;
            if (doubt is null && _queue.Writer.TryWrite(write)) return write.Completion.Task;
        }

        Interlocked.Add(ref _queuedBytes, -record.Length);
        throw doubt is null || Completion.IsCompleted
            ? new ShardClosedException(_shard)
            : new ShardReadOnlyException(_shard, doubt);
    }

    private static void CheckSize(ReadOnlyMemory<byte> record)
    {
        if (record.Length > WalLimits.MaxRecordBytes)
            throw new InvalidRequestException(
                ErrorCodes.TooLarge, $"A batch takes at most {WalLimits.MaxRecordBytes} bytes, its ids included.");
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        Activity.Current = null; // whatever opened the shard is over long before this is
        var commit = new List<PendingWrite>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            await _maintenance.WaitForRoomAsync();
            Gather(commit);
            if (commit.Count > 0 && !await CommitAsync(commit)) break;
        }

        _queue.Writer.TryComplete();
        while (_queue.Reader.TryRead(out var write)) write.Completion.TrySetException(new ShardClosedException(_shard));
    }

    /// <summary>Takes waiting writes for one commit.</summary>
    private void Gather(List<PendingWrite> commit)
    {
        commit.Clear();
        var bytes = 0L;
        while (commit.Count < WalLimits.MaxRecords && bytes < FullCommitBytes && _queue.Reader.TryPeek(out var write))
        {
            if (write.Record.IsEmpty && commit.Count > 0) return;
            _queue.Reader.TryRead(out _);
            Interlocked.Add(ref _queuedBytes, -write.Record.Length);
            if (!TryPrepare(write)) continue;
            commit.Add(write);
            bytes += write.Record.Length;
        }

        Debug.Assert(bytes < FullCommitBytes + WalLimits.MaxRecordBytes && bytes <= WalLimits.MaxCommitBytes);
    }

    /// <returns>False: the write is answered already.</returns>
    private bool TryPrepare(PendingWrite write)
    {
        if (write.CancellationToken.IsCancellationRequested)
        {
            write.Completion.TrySetCanceled(write.CancellationToken);
            return false;
        }

        if (!write.Record.IsEmpty) return true;
        try
        {
            write.Record = Encode(write.Operation);
            CheckSize(write.Record);
        }
        catch (Exception exception)
        {
            write.Completion.TrySetException(exception);
            return false;
        }

        if (!write.Record.IsEmpty) return true;
        write.Completion.TrySetResult(new(_last, 0));
        return false;
    }

    /// <summary>The record of an operation that depends on the state; empty if it touches no point.</summary>
    private ReadOnlyMemory<byte> Encode(ShardOperation operation)
    {
        switch (operation)
        {
            case DeletePoints delete:
                var deleted = Resolve(delete.Selector);
                return deleted.Count == 0 ? default : WalCodec.EncodeDelete(deleted);
            case ChangePayload change:
                var changed = Resolve(change.Selector);
                return changed.Count == 0 ? default : WalCodec.EncodePayloadChange(changed, change.Change);
            default:
                throw new ArgumentException($"Unknown operation {operation.GetType().Name}.", nameof(operation));
        }
    }

    private IReadOnlyList<PointId> Resolve(PointSelector selector)
    {
        var state = _current.Now; // the write that waits for this is among the readers
        if (selector is PointFilterSelector byFilter)
            return [.. new PlaceFinder(state).Find(byFilter.Filter, state.AppliedLsn).Select(state.Points.IdOf)];
        var ids = ((PointIdsSelector)selector).Ids;
        foreach (var id in ids)
            if (state.Points.Find(id) < 0) throw NotFoundException.Point(id);
        return ids;
    }

    /// <returns>False: the shard can't go on.</returns>
    private async Task<bool> CommitAsync(List<PendingWrite> commit)
    {
        using var activity = EngineTelemetry.StartFor(commit.Select(write => write.Sender), "store append", _shard);
        try
        {
            var records = commit.ConvertAll(write => write.Record);
            var began = _tenure.Now;
            var status = await _store.AppendAsync(_shard, _tenure.Epoch, _last.Next, records);
            if (status == StoreStatus.Done)
            {
                _tenure.Confirm(began);
                EngineTelemetry.NoteCommit(
                    records.Count, records.Sum(record => (long)record.Length), _tenure.Elapsed(began));
            }

            if (status == StoreStatus.Rejected)
            {
                _tenure.End();
                foreach (var write in commit) write.Completion.TrySetException(new ShardClosedException(_shard));
                return false;
            }
        }
        catch (Exception failure)
        {
            EngineTelemetry.NoteCommitFailed();
            activity.Fail(failure);
            RefuseWaiting(failure);
            var unknown = new WriteOutcomeUnknownException(_shard, failure);
            foreach (var write in commit) write.Completion.TrySetException(unknown);
            return failure is not StoreCorruptedException && await SettleAsync();
        }

        return TryApply(commit);
    }

    /// <returns>False: memory has only a part of what the store has.</returns>
    private bool TryApply(List<PendingWrite> commit)
    {
        try
        {
            var bytes = 0L;
            foreach (var write in commit)
            {
                var count = _current.Apply(_last.Next, write.Record.Span);
                _last = _last.Next;
                bytes += write.Record.Length;
                write.Completion.TrySetResult(new(_last, count));
            }

            _maintenance.NoteWrites(bytes);
            return true;
        }
        catch (Exception exception)
        {
            var unknown = new WriteOutcomeUnknownException(_shard, exception);
            foreach (var write in commit) write.Completion.TrySetException(unknown);
            return false;
        }
    }

    /// <summary>From here on writes are refused, those that wait with them.</summary>
    private void RefuseWaiting(Exception failure)
    {
        lock (_admission)
        {
            _tenure.CallIntoDoubt(failure);
            while (_queue.Reader.TryRead(out var write))
            {
                Interlocked.Add(ref _queuedBytes, -write.Record.Length);
                write.Completion.TrySetException(new ShardReadOnlyException(_shard, failure));
            }
        }
    }

    /// <returns>False: the shard can't go on.</returns>
    private async Task<bool> SettleAsync()
    {
        try
        {
            if (await _tenure.SettleAsync(_stopping.Token) is not { } bytes) return false;
            _last = new(_current.AppliedLsn);
            _maintenance.NoteWrites(bytes);
            return true;
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>A write that waits for its commit.</summary>
    private sealed class PendingWrite(
        ShardOperation operation, ReadOnlyMemory<byte> record, CancellationToken cancellationToken)
    {
        public ShardOperation Operation => operation;

        /// <summary>Empty until prepared if the operation depends on the state.</summary>
        public ReadOnlyMemory<byte> Record { get; set; } = record;

        public CancellationToken CancellationToken => cancellationToken;

        /// <summary>Whose part of a trace its commit is.</summary>
        public ActivityContext Sender { get; } = Activity.Current?.Context ?? default;

        public TaskCompletionSource<WriteReceipt> Completion { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
