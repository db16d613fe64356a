using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Shards;

/// <summary>A shard's ownership of what is stored of it, kept through failures of the store.</summary>
/// <remarks>
/// <para>A call that failed leaves two questions open: whether it was done, and whether it still may be. Until they are
/// settled the tenure is in doubt: the shard answers reads from memory and refuses writes. Settling takes the next
/// epoch, if the present one is still the newest, after which nothing of before can land any more, and then applies
/// what did land; so memory is the store's again, without being loaded again.</para>
/// <para>The commit loop alone calls into doubt and settles. Maintenance runs beside it, under whichever epoch holds,
/// and may be rejected because of a renewal; <see cref="IsLost"/> tells that from a newer owner.</para>
/// <para>Once a newer owner is known of, the tenure is over: nothing is read or written any more.</para>
/// </remarks>
/// <param name="acquiring">Timestamp of the beginning of the call that acquired the shard.</param>
internal sealed class ShardTenure(
    ShardId shard, IRecordTarget state, IShardStore store, Epoch epoch, long acquiring, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _confirmedAt = acquiring;
    private long _epoch = epoch.Value;
    private volatile Exception? _doubt;

    /// <summary>The epoch to call the store with.</summary>
    public Epoch Epoch => new(Interlocked.Read(ref _epoch));

    /// <summary>The failure that is not settled yet; null: memory holds all that the store does.</summary>
    public Exception? Doubt => _doubt;

    /// <summary>Timestamp: the store has said that nobody had taken the shard by then.</summary>
    public long ConfirmedAt => Interlocked.Read(ref _confirmedAt);

    /// <summary>Ends when a newer owner is known of.</summary>
    public Task Over => _over.Task;

    /// <summary>Now, as a timestamp to confirm with.</summary>
    public long Now => time.GetTimestamp();

    public TimeSpan Elapsed(long since) => time.GetElapsedTime(since);

    /// <summary>Tells that a call succeeded under the present epoch.</summary>
    /// <param name="began">Timestamp of its beginning.</param>
    public void Confirm(long began)
    {
        var present = ConfirmedAt;
        while (began > present)
        {
            var found = Interlocked.CompareExchange(ref _confirmedAt, began, present);
            if (found == present) return;
            present = found;
        }
    }

    public void End() => _over.TrySetResult();

    /// <exception cref="ShardClosedException">It is over.</exception>
    public void ThrowIfOver()
    {
        if (_over.Task.IsCompleted) throw new ShardClosedException(shard);
    }

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
                var began = Now;
                if (await store.RenewAsync(shard, Epoch, cancellationToken) is not { } owned)
                {
                    End();
                    return null;
                }

                Interlocked.Exchange(ref _epoch, owned.Epoch.Value);
                Confirm(began);
                if (owned.LastLsn.Value < state.AppliedLsn) return null; // the store lost what it had acknowledged
                var bytes = await LogReplay.RunAsync(state, store, shard, owned, cancellationToken);
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
