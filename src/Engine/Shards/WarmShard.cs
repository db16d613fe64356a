using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Distance;

namespace VectorCluster.Engine.Shards;

/// <summary>A copy of a shard that another process owns and goes on writing: loaded from the store, caught up by the
/// log, and made the shard by <see cref="Shard.OpenAsync"/> once that one has closed.</summary>
/// <remarks>
/// <para>Nothing of the owner's holds together what is read here. So the owner holds its checkpoints
/// (<see cref="Shard.PrepareMoveAsync"/>), and that is not relied on: the manifest is read again after the pages, and a
/// manifest is never the same for different pages, because whatever changes pages moves the LSN or a graph's
/// counts.</para>
/// <para>Whoever deletes a shard disposes its copies first: of a shard that is made anew under the same name a copy
/// knows nothing.</para>
/// <para>One call at a time, but for <see cref="Dispose"/>, which takes effect when the call under way ends.</para>
/// </remarks>
public sealed class WarmShard : IDisposable
{
    /// <summary>Searches of a rehearsal for each vector of the collection, where the shard has as many points: after
    /// fewer calls the runtime compiles a method again, optimized.</summary>
    public const int FullRehearsal = 64;

    private const int LoadAttempts = 3;
    private const int CatchUpRounds = 5;

    /// <summary>A round that applied no more leaves little for the moment of moving.</summary>
    private const int FewRecords = 32;

    private readonly CollectionSettings _settings;
    private readonly IShardStore _store;
    private readonly ShardState _state;
    private readonly CheckpointManifest? _checkpoint;
    private readonly Lock _gate = new();
    private long _logBytes;
    private bool _isBusy;
    private bool _isGone;

    private WarmShard(
        ShardId id, CollectionSettings settings, IShardStore store, ShardState state, CheckpointManifest? checkpoint)
    {
        Id = id;
        (_settings, _store, _state, _checkpoint) = (settings, store, state, checkpoint);
    }

    public ShardId Id { get; }

    /// <summary>The last record that the copy has.</summary>
    public Lsn AppliedLsn => new(_state.AppliedLsn);

    public long ResidentBytes => _state.ResidentBytes;

    /// <summary>Loads the checkpoint, and the log as it is now.</summary>
    /// <exception cref="StoreCorruptedException">What is stored is damaged.</exception>
    /// <exception cref="StaleCopyException">The owner made checkpoints all the while. Retrying is safe.</exception>
    public static async Task<WarmShard> LoadAsync(
        ShardId id, CollectionSettings settings, IShardStore store, CancellationToken cancellationToken = default)
    {
        for (var attempt = 0; attempt < LoadAttempts; attempt++)
        {
            var checkpoint = await store.ReadManifestAsync(id, cancellationToken);
            var state = new ShardState(settings, InstructionSets.Current);
            var warm = new WarmShard(id, settings, store, state, checkpoint);
            try
            {
                if (await warm.TryLoadAsync(cancellationToken)) return warm;
            }
            catch (Exception exception) when (exception is StoreCorruptedException or RecordFailedException
                or ArgumentException)
            {
                // Two checkpoints by halves look like damage.
                if (IsSame(checkpoint, await store.ReadManifestAsync(id, cancellationToken)))
                {
                    warm.Dispose();
                    throw;
                }
            }
            catch
            {
                warm.Dispose();
                throw;
            }

            warm.Dispose();
        }

        throw new StaleCopyException(id);
    }

    /// <summary>Applies what the owner wrote since: round after round, until one found little to do.</summary>
    /// <returns>False: the log does not go on from the copy any more, because the owner made a checkpoint. The copy is
    /// of no use then.</returns>
    /// <exception cref="StoreCorruptedException">A record is damaged.</exception>
    public async Task<bool> CatchUpAsync(CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            for (var round = 0; round < CatchUpRounds; round++)
            {
                if (await LogReplay.RunToEndAsync(_state, _store, Id, cancellationToken) is not var (records, bytes))
                    return false;
                _logBytes += bytes;
                if (records <= FewRecords) break;
            }

            return true;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Searches for some of its own vectors, so that the code is compiled, and what every search reads is in
    /// the caches, before somebody waits for it.</summary>
    /// <returns>How many searches it took.</returns>
    /// <exception cref="OverloadedException">The search threads have too much to do.</exception>
    public async Task<int> RehearseAsync(EngineThreads threads, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            var searches = 0;
            var searcher = new ShardSearcher(_state);
            foreach (var ((name, _), index) in _state.VectorNames.Zip(_state.Vectors))
            {
                var step = Math.Max(1, index.IndexedUpTo / FullRehearsal);
                for (var place = 0; place < index.IndexedUpTo; place += step)
                {
                    var query = index.Vectors.Read(place).ToArray();
                    var search = new ShardSearch { VectorName = name, Query = query, Count = 10 };
                    await threads.RunAsync(
                        scratch => searcher.Search(search, scratch, cancellationToken), cancellationToken);
                    searches++;
                }
            }

            return searches;
        }
        finally
        {
            Leave();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isGone) return;
            _isGone = true;
            if (!_isBusy) _state.Dispose();
        }
    }

    /// <summary>Gives the state away, to the shard's new owner.</summary>
    /// <returns>Null: the copy is of another checkpoint, or ahead of the log; it stays to be disposed.</returns>
    internal (ShardState State, long LogBytes)? TryTake(
        ShardId shard, CollectionSettings settings, in ShardOwnership ownership)
    {
        lock (_gate)
        {
            var fits = !_isGone && !_isBusy && shard == Id && HasSameVectors(settings)
                && IsSame(_checkpoint, ownership.Checkpoint) && AppliedLsn <= ownership.LastLsn;
            if (!fits) return null;
            _isGone = true;
            return (_state, _logBytes);
        }
    }

    private static bool IsSame(CheckpointManifest? a, CheckpointManifest? b) =>
        a?.Lsn == b?.Lsn && (a is null || a.Body.Span.SequenceEqual(b!.Body.Span));

    private bool HasSameVectors(CollectionSettings settings) =>
        settings.Vectors.Count == _settings.Vectors.Count
        && settings.Vectors.All(vector => _settings.Vectors.TryGetValue(vector.Key, out var present)
            && present == vector.Value);

    /// <returns>False: the checkpoint was replaced meanwhile.</returns>
    private async Task<bool> TryLoadAsync(CancellationToken cancellationToken)
    {
        if (_checkpoint is not null)
        {
            await Checkpoint.LoadAsync(_state, _store, Id, _checkpoint, owner: null, cancellationToken);
            if (!IsSame(_checkpoint, await _store.ReadManifestAsync(Id, cancellationToken))) return false;
        }

        if (await LogReplay.RunToEndAsync(_state, _store, Id, cancellationToken) is not var (_, bytes)) return false;
        _logBytes = bytes;
        return true;
    }

    private void Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isGone, this);
            if (_isBusy) throw new InvalidOperationException($"Two calls use the warm copy of {Id} at the same time.");
            _isBusy = true;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _isBusy = false;
            if (_isGone) _state.Dispose();
        }
    }
}

/// <summary>The shard's checkpoint was replaced again and again while it was read without owning it. Its owner should
/// hold its checkpoints; retrying is safe.</summary>
public sealed class StaleCopyException(ShardId shard)
    : Exception($"Shard {shard} made checkpoints while a warm copy of it was loaded.")
{
    public ShardId Shard => shard;
}
