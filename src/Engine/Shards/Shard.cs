using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Points;

namespace VectorCluster.Engine.Shards;

/// <summary>One range of a namespace's slots, open: a single writer, many readers, durable before it answers.</summary>
/// <remarks>
/// A write goes through <see cref="CommitLoop"/> to the store and then to <see cref="ShardState"/>; a read looks at the
/// state as of the last applied record, on the engine's search threads; <see cref="ShardMaintenance"/> builds graphs
/// and checkpoints behind them.
/// </remarks>
public sealed class Shard : IShardClient, IAsyncDisposable
{
    private readonly ShardState _state;
    private readonly ShardTenure _tenure;
    private readonly ShardMaintenance _maintenance;
    private readonly CommitLoop _commits;
    private readonly IShardStore _store;
    private readonly EngineThreads _threads;
    private readonly ReaderGate _readers;
    private readonly IdOrder _idOrder;

    private Shard(
        ShardId id,
        ShardState state,
        ShardTenure tenure,
        ShardMaintenance maintenance,
        CommitLoop commits,
        IShardStore store,
        EngineThreads threads)
    {
        Id = id;
        (_state, _tenure, _maintenance, _commits) = (state, tenure, maintenance, commits);
        (_store, _threads) = (store, threads);
        _readers = new(id);
        _idOrder = new(state.Points, () => state.AppliedLsn);
    }

    public ShardId Id { get; }

    public Epoch Epoch => _tenure.Epoch;

    /// <summary>Ends when the shard can take no more writes ever: closed, deposed, or parted from its store. It must be
    /// opened anew then. While its store does not answer it goes on, read-only.</summary>
    public Task Ended => Task.WhenAny(_commits.Completion, _maintenance.Completion);

    /// <summary>Takes ownership of a shard and loads it: its checkpoint, then the log since. Builds no graph.</summary>
    /// <exception cref="StoreCorruptedException">What is stored is damaged.</exception>
    /// <exception cref="ShardClosedException">A newer owner took the shard meanwhile. Open it again.</exception>
    public static async Task<Shard> OpenAsync(
        ShardId id,
        CollectionSettings settings,
        IShardStore store,
        EngineThreads threads,
        ShardOptions? options = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new();
        var ownership = await store.AcquireAsync(id, cancellationToken);
        var state = new ShardState(settings, InstructionSets.Current);
        try
        {
            var checkpointLsn = ownership.Checkpoint?.Lsn ?? Lsn.None;
            if (ownership.Checkpoint is { } checkpoint)
                await Checkpoint.LoadAsync(state, store, id, checkpoint, cancellationToken);
            var logBytes = await LogReplay.RunAsync(state, store, id, ownership.LastLsn, cancellationToken);
            time ??= TimeProvider.System;
            var tenure = new ShardTenure(id, state, store, ownership.Epoch, time);
            var maintenance = new ShardMaintenance(id, state, store, tenure, checkpointLsn, threads, options, time);
            maintenance.NoteWrites(logBytes);
            var commits = new CommitLoop(id, state, store, tenure, options, maintenance);
            return new(id, state, tenure, maintenance, commits, store, threads);
        }
        catch (Exception exception)
        {
            state.Dispose();
            if (exception is StoreCorruptedException or RecordFailedException
                && await store.RenewAsync(id, ownership.Epoch, cancellationToken) is null)
                throw new ShardClosedException(id); // a newer owner has changed what was being read
            throw;
        }
    }

    public async Task<WriteReceipt> WriteAsync(ShardOperation operation, CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        return await _commits.SubmitAsync(operation, cancellationToken);
    }

    public async Task<IReadOnlyList<ShardHits>> SearchAsync(
        IReadOnlyList<ShardSearch> searches, CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        var searcher = new ShardSearcher(_state);
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

        return await Task.WhenAll(running);
    }

    public Task<IReadOnlyList<StoredPoint>> FetchAsync(
        IReadOnlyList<int> places,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        var count = (uint)_state.Points.Count;
        foreach (var place in places) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)place, count);
        var reader = new PointReader(_state);
        return Task.FromResult<IReadOnlyList<StoredPoint>>(
            [.. places.Select(place => reader.Read(place, payload, vectors))]);
    }

    public Task<IReadOnlyList<StoredPoint>> GetAsync(
        IReadOnlyList<PointId> ids,
        PayloadSelector payload,
        VectorSelector vectors,
        CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        var reader = new PointReader(_state);
        var found = new List<StoredPoint>(ids.Count);
        foreach (var id in ids)
            if (_state.Points.Find(id) is var place and >= 0) found.Add(reader.Read(place, payload, vectors));
        return Task.FromResult<IReadOnlyList<StoredPoint>>(found);
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
        return await _threads.RunAsync(
            _ =>
            {
                var order = _idOrder.Capture();
                var passes = new PlaceFinder(_state).Test(filter, _state.AppliedLsn);
                var places = order.Take(from, limit + 1, passes);
                var reader = new PointReader(_state);
                var points = places.Take(limit).Select(place => reader.Read(place, payload, vectors));
                return new ShardPage([.. points], places.Count <= limit);
            },
            cancellationToken);
    }

    public async Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        if (filter is null or { IsEmpty: true }) return _state.Points.LiveCount;
        return await _threads.RunAsync(
            _ => new PlaceFinder(_state).Find(filter, _state.AppliedLsn, cancellationToken).LongCount(),
            cancellationToken);
    }

    public Task<ShardInfo> DescribeAsync(CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        var points = _state.Points.LiveCount;
        return Task.FromResult(new ShardInfo(
            points,
            _state.Points.LiveVectorCount,
            _state.Vectors.Sum(index => (long)index.GraphCount),
            _maintenance.UnindexedCount,
            _state.ResidentBytes,
            new(_state.AppliedLsn),
            _state.PayloadIndexes.ToDictionary(index => index.Path.Text, index => (long)index.PlaceCount),
            _maintenance.Failure));
    }

    /// <summary>Takes up changed payload indexes.</summary>
    public async Task ApplySettingsAsync(CollectionSettings settings, CancellationToken cancellationToken = default)
    {
        using var ticket = _readers.Enter();
        await Task.Run(() => _state.SetPayloadIndexes(settings.PayloadIndexes), cancellationToken);
    }

    /// <summary>Finishes the writes that wait, checkpoints what changed, and frees the memory.</summary>
    public async ValueTask DisposeAsync()
    {
        var isHealthy = !Ended.IsCompleted;
        _commits.Stop();
        await _commits.Completion;
        await _readers.CloseAsync();
        isHealthy = isHealthy && _tenure.Doubt is null; // a store that is away would only make closing wait
        try
        {
            if (isHealthy) await _maintenance.StopAsync();
            else await _maintenance.AbandonAsync();
        }
        finally
        {
            _state.Dispose();
        }

        if (isHealthy) await _store.ReleaseAsync(Id);
    }
}
