using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Shards;

/// <summary>Where shards are durable: a write-ahead log and a checkpoint each, both fenced by the owner's
/// epoch.</summary>
/// <remarks>
/// <para>Owning: whoever took the newest epoch owns the shard. A call with an older epoch changes nothing and is told
/// so (<see cref="StoreStatus.Rejected"/>); the check and the change are one atomic step.</para>
/// <para>Epochs of a shard only ever grow. One that is deleted and made anew is another shard, which begins at 1 again:
/// what an owner of the deleted one still sends from another process changes nothing. In one process that owner is
/// closed first.</para>
/// <para>Failing: a call that throws anything but <see cref="StoreCorruptedException"/> has an unknown outcome. It is
/// settled by renewing or taking ownership, after which what was sent before can't land any more, and reading
/// <see cref="ShardOwnership.LastLsn"/>: an append is there as a whole or not at all.</para>
/// <para>One owner makes its calls for a shard one at a time, but for <see cref="WriteCheckpointAsync"/> and
/// <see cref="TrimAsync"/>, of which one at a time may run beside appends and renewals, and
/// <see cref="AreCurrentAsync"/>, which runs beside all. Who does not own a shard may read it: then nothing holds what
/// it reads together, and it must look whether the checkpoint is still the same.</para>
/// <para>Different shards are independent: damage to one is never noticed by another.</para>
/// </remarks>
public interface IShardStore
{
    /// <summary>Takes ownership with the next epoch; makes the shard, empty, if it does not exist.</summary>
    /// <remarks>A log that ends in a torn write (never acknowledged) is cut there.</remarks>
    /// <exception cref="StoreCorruptedException">What is stored is damaged.</exception>
    ValueTask<ShardOwnership> AcquireAsync(ShardId shard, CancellationToken cancellationToken = default);

    /// <summary>Takes the next epoch if <paramref name="epoch"/> is still the newest: settles a call whose outcome is
    /// unknown without deposing anybody.</summary>
    /// <returns>Null: a newer owner took the shard, or it is gone; nothing changed. So it is too after a renewal that
    /// threw although it was done: the shard is then to be acquired anew.</returns>
    /// <exception cref="StoreCorruptedException">What is stored is damaged.</exception>
    ValueTask<ShardOwnership?> RenewAsync(ShardId shard, Epoch epoch, CancellationToken cancellationToken = default);

    /// <summary>Appends records as one commit, durable on return: the first gets <paramref name="first"/>, the others
    /// follow.</summary>
    /// <param name="first">Must be the last LSN plus 1, else the append is rejected.</param>
    /// <param name="records">1 to <see cref="WalLimits.MaxRecords"/>, each of 1 to
    /// <see cref="WalLimits.MaxRecordBytes"/> bytes, together at most <see cref="WalLimits.MaxCommitBytes"/>.</param>
    /// <exception cref="ArgumentException">The records are outside these limits; nothing was done.</exception>
    ValueTask<StoreStatus> AppendAsync(
        ShardId shard,
        Epoch epoch,
        Lsn first,
        IReadOnlyList<ReadOnlyMemory<byte>> records,
        CancellationToken cancellationToken = default);

    /// <summary>Reads the log from an LSN to its end at the time of the call, in order and without gaps.</summary>
    /// <param name="from">After the trim point; earlier: the first record read shows the gap.</param>
    /// <param name="owner">Epoch of the owner that reads, which spares it a round trip; null: who reads does not own
    /// the shard.</param>
    /// <exception cref="StoreCorruptedException">A record is damaged. Records before it have been given.</exception>
    IAsyncEnumerable<WalRecord> ReadAsync(
        ShardId shard, Lsn from, Epoch? owner = null, CancellationToken cancellationToken = default);

    /// <summary>Replaces the pages given, keeps the others, and sets the manifest: all of it or nothing.</summary>
    /// <param name="pages">A key may come more than once; the last one counts. Consumed once, in order. The memory of a
    /// page is the store's only until it asks for the next one.</param>
    ValueTask<StoreStatus> WriteCheckpointAsync(
        ShardId shard,
        Epoch epoch,
        CheckpointManifest manifest,
        IAsyncEnumerable<CheckpointPage> pages,
        CancellationToken cancellationToken = default);

    /// <returns>Null: there is no checkpoint yet.</returns>
    /// <exception cref="StoreCorruptedException">The manifest is damaged.</exception>
    ValueTask<CheckpointManifest?> ReadManifestAsync(ShardId shard, CancellationToken cancellationToken = default);

    /// <summary>Reads every page of the checkpoint, in any order, straight into the memory that
    /// <paramref name="destination"/> gives.</summary>
    /// <param name="destination">Takes a key and a length in bytes, returns memory of just that length.</param>
    /// <param name="owner">As of <see cref="ReadAsync"/>.</param>
    /// <exception cref="StoreCorruptedException">A page is damaged; or the checkpoint that the owner was given is not
    /// there any more.</exception>
    ValueTask ReadPagesAsync(
        ShardId shard,
        Func<PageKey, int, Memory<byte>> destination,
        Epoch? owner = null,
        CancellationToken cancellationToken = default);

    /// <summary>Frees the log up to an LSN, itself included. May keep more than asked, never less.</summary>
    ValueTask<StoreStatus> TrimAsync(
        ShardId shard, Epoch epoch, Lsn upTo, CancellationToken cancellationToken = default);

    /// <summary>Closes what is kept open for a shard that is not used for now, and notes that this owner reads no more:
    /// the next one is told so (<see cref="ShardOwnership.IsPreviousHeld"/>).</summary>
    /// <param name="epoch">Of the owner that has stopped reading and writing. If it is not the newest, nothing
    /// changes.</param>
    /// <remarks>What this process keeps open is closed even if the call fails; the next owner then waits.</remarks>
    ValueTask ReleaseAsync(ShardId shard, Epoch epoch, CancellationToken cancellationToken = default);

    /// <summary>Looks at many owners at once, in one round trip.</summary>
    /// <returns>In their order: whether the epoch is still the newest, at a time between call and return. False too
    /// of a shard that is gone, or that this process has released.</returns>
    ValueTask<IReadOnlyList<bool>> AreCurrentAsync(
        IReadOnlyList<(ShardId Shard, Epoch Epoch)> owners, CancellationToken cancellationToken = default);

    /// <summary>Deletes everything of the shard. None: no error. Atomic: a crash leaves it whole or gone.</summary>
    /// <returns>Whether its owner never released it: as <see cref="ShardOwnership.IsPreviousHeld"/>.</returns>
    ValueTask<bool> DeleteAsync(ShardId shard, CancellationToken cancellationToken = default);

    /// <summary>The shards of a collection, in no order.</summary>
    /// <param name="name">Only those of that namespace; null: all.</param>
    IAsyncEnumerable<ShardId> ListAsync(
        string collection, string? name = null, CancellationToken cancellationToken = default);
}

/// <param name="LastLsn">Of the newest record, whether it still stands in the log or only in the checkpoint.</param>
/// <param name="Checkpoint">The last one; null: none. Given here so that opening takes no round trip for it.</param>
public readonly record struct ShardOwnership(Epoch Epoch, Lsn LastLsn, CheckpointManifest? Checkpoint)
{
    /// <summary>Whether the owner before acquired the shard and never released it: it may still answer reads, until it
    /// learns of this one.</summary>
    public bool IsPreviousHeld { get; init; }
}

public enum StoreStatus : byte
{
    Done,

    /// <summary>Nothing changed: the epoch is old, or the LSN is not the next one.</summary>
    Rejected,
}
