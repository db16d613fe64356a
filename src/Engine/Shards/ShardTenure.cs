namespace VectorCluster.Engine.Shards;

/// <summary>A shard's ownership of what is stored of it, kept through failures of the store.</summary>
/// <remarks>
/// <para>A call that failed leaves two questions open: whether it was done, and whether it still may be. Until they are
/// settled the tenure is in doubt: the shard answers reads from memory and refuses writes. Settling takes the next
/// epoch, if the present one is still the newest, after which nothing of before can land any more, and then applies
/// what did land; so memory is the store's again, without being loaded again.</para>
/// <para>The commit loop alone calls into doubt and settles. Maintenance runs beside it, under whichever epoch holds,
/// and may be rejected because of a renewal; <see cref="IsLost"/> tells that from a newer owner.</para>
/// </remarks>
internal sealed class ShardTenure(ShardId shard, ShardState state, IShardStore store, Epoch epoch, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private long _epoch = epoch.Value;
    private volatile Exception? _doubt;

    /// <summary>The epoch to call the store with.</summary>
    public Epoch Epoch => new(Interlocked.Read(ref _epoch));

    /// <summary>The failure that is not settled yet; null: memory holds all that the store does.</summary>
    public Exception? Doubt => _doubt;

    /// <summary>Whether a rejection means that a newer owner took the shard.</summary>
    /// <param name="rejected">The epoch of the call, read before it.</param>
    public bool IsLost(Epoch rejected)
    {
        // In this order: a renewal sets the epoch before it ends the doubt.
        return _doubt is null && Epoch == rejected;
    }

    public void CallIntoDoubt(Exception failure) => _doubt = failure;

    /// <summary>Tries until the store answers, then applies what it holds and memory does not.</summary>
    /// <returns>Bytes of the records that were applied; null: the shard was taken by a newer owner or deleted, or what
    /// is stored does not go on from memory. It can't go on then.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the doubt stays.</exception>
    public async Task<long?> SettleAsync(CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (await store.RenewAsync(shard, Epoch, cancellationToken) is not { } owned) return null;
                Interlocked.Exchange(ref _epoch, owned.Epoch.Value);
                if (owned.LastLsn.Value < state.AppliedLsn) return null; // the store lost what it had acknowledged
                var bytes = await LogReplay.RunAsync(state, store, shard, owned.LastLsn, cancellationToken);
                _doubt = null;
                return bytes;
            }
            catch (Exception fault) when (fault is StoreCorruptedException or RecordFailedException)
            {
                return null; // whoever opens the shard anew is told
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                _doubt = failure;
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }
}
