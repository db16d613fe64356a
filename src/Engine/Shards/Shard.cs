using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Points;
using VectorCluster.Engine.Telemetry;

namespace VectorCluster.Engine.Shards;

/// <summary>One range of a namespace's slots, open: a single writer, many readers, durable before it answers.</summary>
/// <remarks>
/// A write goes through <see cref="CommitLoop"/> to the store and then to <see cref="ShardState"/>; a read looks at the
/// state as of the last applied record, on the engine's search threads; <see cref="ShardMaintenance"/> builds graphs
/// and checkpoints behind them.
/// </remarks>
public sealed class Shard : IShardClient, IAsyncDisposable
{
    private readonly CurrentState _current;
    private readonly ShardTenure _tenure;
    private readonly ReadLease _lease;
    private readonly ShardMaintenance _maintenance;
    private readonly CommitLoop _commits;
    private readonly IShardStore _store;
    private readonly EngineThreads _threads;
    private readonly ReaderGate _readers;
    private readonly Lock _closingGate = new();
    private readonly TimeProvider _time;
    private Task? _closing;

    private Shard(
        ShardId id,
        CurrentState current,
        ReaderGate readers,
        ShardTenure tenure,
        ReadLease lease,
        ShardMaintenance maintenance,
        CommitLoop commits,
        IShardStore store,
        EngineThreads threads,
        TimeProvider time)
    {
        Id = id;
        (_current, _readers, _tenure, _lease) = (current, readers, tenure, lease);
        (_maintenance, _commits) = (maintenance, commits);
        (_store, _threads, _time) = (store, threads, time);
        Ended = Task.WhenAny(commits.Completion, maintenance.Completion, tenure.Over);
        OpenShards.Add(this);
    }

    public ShardId Id { get; }

    public Epoch Epoch => _tenure.Epoch;

    /// <summary>Ends when the shard can take no more writes ever: closed, deposed, or parted from its store. It must be
    /// opened anew then. While its store does not answer it goes on, read-only.</summary>
    public Task Ended { get; }

    /// <summary>Takes ownership of a shard and loads it: its checkpoint, then the log since. Builds no graph.</summary>
    /// <param name="checks">Of the process; null: this shard asks by itself whether it is still owned.</param>
    /// <param name="warm">A copy that becomes the shard if nothing but log came since it was loaded. It is the shard's
    /// from here on, whatever happens.</param>
    /// <param name="loaded">Called with the bytes it holds once it is loaded, before it waits for a lease.</param>
    /// <remarks>Where the owner before has not released the shard this takes the <see cref="ShardOptions.ReadLease"/>
    /// at least.</remarks>
    /// <exception cref="StoreCorruptedException">What is stored is damaged.</exception>
    /// <exception cref="ShardClosedException">A newer owner took the shard meanwhile. Open it again.</exception>
    public static async Task<Shard> OpenAsync(
        ShardId id,
        CollectionSettings settings,
        IShardStore store,
        EngineThreads threads,
        ShardOptions? options = null,
        TimeProvider? time = null,
        OwnershipChecks? checks = null,
        WarmShard? warm = null,
        Action<long>? loaded = null,
        CancellationToken cancellationToken = default)
    {
        using var copy = warm;
        options ??= new();
        time ??= TimeProvider.System;
        var acquiring = time.GetTimestamp();
        using var activity = EngineTelemetry.Start("open shard", id);
        var ownership = await store.AcquireAsync(id, cancellationToken);
        var silence = ownership.IsPreviousHeld
            ? WaitAsync(options.ReadLease, time, cancellationToken)
            : Task.CompletedTask;
        ShardState? state = null;
        long logBytes;
        try
        {
            (state, logBytes) = await ShardLoad.RunAsync(id, settings, store, ownership, warm, cancellationToken);
            loaded?.Invoke(state.ResidentBytes);
            await silence;
        }
        catch
        {
            state?.Dispose();
            await ReleaseAsync(id, store, ownership.Epoch, isSilent: false); // the one before may still read
            throw;
        }

        var current = new CurrentState(state);
        var readers = new ReaderGate(id);
        var tenure = new ShardTenure(id, current, store, ownership.Epoch, acquiring, time);
        var lease = new ReadLease(id, tenure, options.ReadLease, checks ?? new(store, time), time);
        var checkpointLsn = ownership.Checkpoint?.Lsn ?? Lsn.None;
        var maintenance = new ShardMaintenance(
            id, current, store, tenure, checkpointLsn, readers, threads, options, time);
        maintenance.NoteWrites(logBytes);
        var commits = new CommitLoop(id, current, store, tenure, options, maintenance);
        EngineTelemetry.NoteOpened(time.GetElapsedTime(acquiring));
        return new(id, current, readers, tenure, lease, maintenance, commits, store, threads, time);
    }

    public async Task<WriteReceipt> WriteAsync(ShardOperation operation, CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        using var activity = EngineTelemetry.StartPart("write shard", Id);

        // What a filter finds, and which ids do not exist, may be answered without a call to the store.
        if (operation is not (UpsertPoints or DeletePoints { Selector: PointIdsSelector }))
            await _lease.EnsureAsync(cancellationToken);
        _tenure.ThrowIfOver();
        return await _commits.SubmitAsync(operation, cancellationToken);
    }

    public async Task<IReadOnlyList<ShardHits>> SearchAsync(
        IReadOnlyList<ShardSearch> searches, bool isAlone = false, CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        using var activity = EngineTelemetry.StartPart("search shard", Id);
        var began = _time.GetTimestamp();
        await _lease.EnsureAsync(cancellationToken);
        var searcher = new ShardSearcher(_current.Now);
        if (searches is [var only])
        {
            var run = searcher.Prepare(only);
            var work = (SearchScratch scratch) => searcher.Search(run, scratch, cancellationToken);
            var answer = searcher.IsShort(run)
                ? await _threads.RunShortAsync(work, isAlone, cancellationToken)
                : await _threads.RunAsync(work, cancellationToken);
            EngineTelemetry.NoteSearch(activity, [answer], _time.GetElapsedTime(began));
            return [answer];
        }

        var running = new List<Task<ShardHits>>(searches.Count);
        try
        {
            foreach (var search in searches)
                running.Add(_threads.RunAsync(
                    scratch => searcher.Search(search, scratch, cancellationToken), cancellationToken));
        }
        catch (OverloadedException)
        {
            // The searches that got a place still read the shard, so it must not close under them.
            await Task.WhenAll(running).ContinueWith(_ => { }, TaskScheduler.Default);
            throw;
        }

        var answers = await Task.WhenAll(running);
        EngineTelemetry.NoteSearch(activity, answers, _time.GetElapsedTime(began));
        return answers;
    }

    public async Task<IReadOnlyList<StoredPoint>> FetchAsync(
        IReadOnlyList<ShardPlace> hits,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        await _lease.EnsureAsync(cancellationToken);
        var reader = new PointReader(_current.Now);
        return [.. hits.Select(hit => reader.Read(hit, payload, vectors))];
    }

    public async Task<IReadOnlyList<StoredPoint>> GetAsync(
        IReadOnlyList<PointId> ids,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        await _lease.EnsureAsync(cancellationToken);
        var state = _current.Now;
        var reader = new PointReader(state);
        var found = new List<StoredPoint>(ids.Count);
        foreach (var id in ids)
            if (state.Points.Find(id) is var place and >= 0) found.Add(reader.Read(place, payload, vectors));
        return found;
    }

    public async Task<ShardPage> ScrollAsync(
        PointId? from,
        int limit,
        Filter? filter,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        await _lease.EnsureAsync(cancellationToken);
        var state = _current.Now;
        return await _threads.RunAsync(
            _ =>
            {
                var order = state.IdOrder.Capture();
                var passes = new PlaceFinder(state).Test(filter, state.AppliedLsn);
                var places = order.Take(from, limit + 1, passes);
                var reader = new PointReader(state);
                var points = places.Take(limit).Select(place => reader.Read(place, payload, vectors));
                return new ShardPage([.. points], places.Count <= limit);
            },
            cancellationToken);
    }

    public async Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        await _lease.EnsureAsync(cancellationToken);
        var state = _current.Now;
        if (filter is null or { IsEmpty: true }) return state.Points.LiveCount;
        return await _threads.RunAsync(
            _ => new PlaceFinder(state).Find(filter, state.AppliedLsn, cancellationToken).LongCount(),
            cancellationToken);
    }

    public Task<ShardInfo> DescribeAsync(CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        var state = _current.Now;
        return Task.FromResult(new ShardInfo(
            state.Points.LiveCount,
            state.Points.LiveVectorCount,
            state.Vectors.Sum(index => (long)index.GraphCount),
            _maintenance.UnindexedCount,
            state.Points.DeadCount,
            _maintenance.IsRepairing,
            state.ResidentBytes + _maintenance.RepairBytes,
            new(state.AppliedLsn),
            state.PayloadIndexes.ToDictionary(index => index.Path.Text, index => (long)index.PlaceCount),
            _maintenance.CheckpointFailure,
            _maintenance.RepairFailure));
    }

    /// <summary>Points, and bytes in memory; made for asking often.</summary>
    /// <returns>False: it is closing.</returns>
    public bool TryMeasure(out long points, out long bytes)
    {
        try
        {
            using var ticket = _readers.Enter();
            var state = _current.Now;
            (points, bytes) = (state.Points.LiveCount, state.ResidentBytes + _maintenance.RepairBytes);
            return true;
        }
        catch (ShardClosedException)
        {
            (points, bytes) = (0, 0);
            return false;
        }
    }

    /// <summary>Takes up changed payload indexes.</summary>
    public async Task ApplySettingsAsync(CollectionSettings settings, CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        await Task.Run(() => _current.SetPayloadIndexes(settings.PayloadIndexes), cancellationToken);
    }

    /// <summary>Checkpoints what changed, and makes no checkpoint for a while: a copy that is loaded from this one
    /// (<see cref="WarmShard"/>) can then become the shard elsewhere.</summary>
    /// <param name="hold">How long; the log grows meanwhile. Long enough to load the copy and to move.</param>
    /// <returns>To be disposed if the move is called off.</returns>
    /// <remarks>A log that is small enough to be replayed needs no checkpoint. Where the store throws, nothing is
    /// held.</remarks>
    public async Task<CheckpointHold> PrepareMoveAsync(TimeSpan hold, CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        _tenure.ThrowIfOver();
        return await _maintenance.HoldCheckpointsAsync(hold, cancellationToken);
    }

    /// <summary>Finishes the writes that wait, frees the memory and releases the shard. Whoever opens it next has a
    /// copy that needs no checkpoint, or replays the log; or the shard is to be deleted.</summary>
    public Task CloseWithoutCheckpointAsync() => CloseOnceAsync(withCheckpoint: false);

    /// <summary>Finishes the writes that wait, checkpoints what changed unless its log is small enough to be replayed,
    /// frees the memory and releases the shard.</summary>
    public ValueTask DisposeAsync() => new(CloseOnceAsync(withCheckpoint: true));

    private static async Task WaitAsync(TimeSpan span, TimeProvider time, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        for (var left = span; left > TimeSpan.Zero; left = span - time.GetElapsedTime(began))
            await Task.Delay(left + TimeSpan.FromMilliseconds(1), time, cancellationToken); // timers may come early
    }

    private Task CloseOnceAsync(bool withCheckpoint)
    {
        lock (_closingGate) return _closing ??= CloseAsync(withCheckpoint);
    }

    private async Task CloseAsync(bool withCheckpoint)
    {
        await Task.Yield(); // not under the gate
        OpenShards.Remove(this);
        var isHealthy = !Ended.IsCompleted;
        _commits.Stop();
        await _commits.Completion;
        await _readers.CloseAsync();
        isHealthy = isHealthy && !_tenure.Over.IsCompleted;
        isHealthy = isHealthy && _tenure.Doubt is null; // a store that is away would only make closing wait
        try
        {
            if (isHealthy && withCheckpoint) await _maintenance.StopAsync();
            else await _maintenance.AbandonAsync();
        }
        finally
        {
            _current.Now.Dispose();
        }

        await ReleaseAsync(Id, _store, Epoch, isSilent: isHealthy); // a store that is away is not asked
    }

    /// <summary>Lets go of what the store keeps of the shard in this process.</summary>
    /// <param name="isSilent">Nobody reads any more, so the next owner need not wait: the store notes that.</param>
    private static async Task ReleaseAsync(ShardId id, IShardStore store, Epoch epoch, bool isSilent)
    {
        try
        {
            await store.ReleaseAsync(id, epoch, new CancellationToken(canceled: !isSilent));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // All is closed and nothing is lost: the next owner waits.
        }
    }
}
