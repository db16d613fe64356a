using System.Runtime.CompilerServices;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Storage.Files;

/// <summary>Shards as files: a folder each, with log segments, pages files, and two small files that are replaced as a
/// whole.</summary>
/// <remarks>
/// <para>Layouts and recovery: docs/formats/wal.md and checkpoint.md. The rules in short: an append is one write and
/// one flush; a torn one is cut when the shard is acquired; anything else that is not as written is reported, never
/// skipped.</para>
/// <para>Fencing: the lock on the data directory keeps other processes out, and an epoch is checked and used within one
/// turn of its shard. A shard that is not open has no owner: calls with an epoch are rejected until it is
/// acquired.</para>
/// <para>File calls block, so they run on the thread pool. A call that has begun its change is not cancelled.</para>
/// </remarks>
public sealed class FileShardStore(DataDirectory directory) : IShardStore, IAsyncDisposable
{
    private readonly ShardTurns _turns = new(directory);
    private readonly List<StoreDamage> _damages = [];

    /// <summary>Shards that <see cref="ListAsync"/> left out last, because the file that holds their names is
    /// damaged.</summary>
    public IReadOnlyList<StoreDamage> Damages
    {
        get
        {
            lock (_damages) return [.. _damages];
        }
    }

    public ValueTask<ShardOwnership> AcquireAsync(ShardId shard, CancellationToken cancellationToken = default) =>
        RunAsync(shard, static folder => folder.Acquire(), cancellationToken);

    public ValueTask<ShardOwnership?> RenewAsync(
        ShardId shard, Epoch epoch, CancellationToken cancellationToken = default) =>
        RunAsync(shard, folder => folder.Renew(epoch), cancellationToken);

    public ValueTask<StoreStatus> AppendAsync(
        ShardId shard,
        Epoch epoch,
        Lsn first,
        IReadOnlyList<ReadOnlyMemory<byte>> records,
        CancellationToken cancellationToken = default)
    {
        WalLimits.CheckAppend(records);
        return RunAsync(shard, folder => folder.Append(epoch, first, records), cancellationToken);
    }

    public async IAsyncEnumerable<WalRecord> ReadAsync(
        ShardId shard,
        Lsn from,
        Epoch? owner = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var reader = await RunAsync(shard, folder => folder.OpenLog(from), cancellationToken);
        while (reader is not null)
        {
            var records = await Task.Run(() => Guard(shard, reader.Read), cancellationToken);
            if (records.Count == 0) yield break;
            foreach (var record in records) yield return record;
        }
    }

    public async ValueTask<StoreStatus> WriteCheckpointAsync(
        ShardId shard,
        Epoch epoch,
        CheckpointManifest manifest,
        IAsyncEnumerable<CheckpointPage> pages,
        CancellationToken cancellationToken = default)
    {
        using var writer = await RunAsync(shard, folder => folder.BeginCheckpoint(epoch, manifest), cancellationToken);
        if (writer is null) return StoreStatus.Rejected;

        var status = StoreStatus.Rejected;
        try
        {
            var next = await WritePagesAsync(shard, writer, manifest, pages, cancellationToken);
            status = await RunAsync(shard, folder => folder.Switch(epoch, writer, next), CancellationToken.None);
        }
        catch
        {
            // An owner that was deposed meanwhile may find its files gone; that is no damage.
            if (await RunAsync(shard, folder => folder.Abandon(epoch, writer), CancellationToken.None)) throw;
            return StoreStatus.Rejected;
        }

        if (status == StoreStatus.Rejected)
            await RunAsync(shard, folder => folder.Abandon(epoch, writer), CancellationToken.None);
        return status;
    }

    public ValueTask<CheckpointManifest?> ReadManifestAsync(
        ShardId shard, CancellationToken cancellationToken = default) =>
        RunAsync(shard, static folder => folder.ReadManifest(), cancellationToken);

    public async ValueTask ReadPagesAsync(
        ShardId shard,
        Func<PageKey, int, Memory<byte>> destination,
        Epoch? owner = null,
        CancellationToken cancellationToken = default)
    {
        using var reader = await RunAsync(shard, static folder => folder.OpenCheckpoint(), cancellationToken);
        if (reader is null) return;
        await Task.Run(
            () => Guard(shard, () => Nothing(() => reader.Read(destination, cancellationToken))), cancellationToken);
    }

    public ValueTask<StoreStatus> TrimAsync(
        ShardId shard, Epoch epoch, Lsn upTo, CancellationToken cancellationToken = default) =>
        RunAsync(shard, folder => folder.Trim(epoch, upTo), cancellationToken);

    public async ValueTask<bool> DeleteAsync(ShardId shard, CancellationToken cancellationToken = default)
    {
        await RunAsync(shard, static folder => Nothing(folder.Delete), cancellationToken);
        return false;
    }

    public async IAsyncEnumerable<ShardId> ListAsync(
        string collection,
        string? name = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var listing = await Task.Run(() => ShardListing.Read(directory, collection), cancellationToken);
        lock (_damages)
        {
            _damages.Clear();
            _damages.AddRange(listing.Damages);
        }

        foreach (var shard in listing.Shards)
            if (name is null || string.Equals(shard.Namespace, name, StringComparison.Ordinal)) yield return shard;
    }

    /// <summary>Closes the files of a shard that is idle. Its owner must acquire it again before the next
    /// change.</summary>
    /// <remarks>Nothing is noted: this process alone has the directory, so an owner before is never held. Whoever opens
    /// a shard here a second time closes it first.</remarks>
    public async ValueTask ReleaseAsync(
        ShardId shard, Epoch epoch, CancellationToken cancellationToken = default) =>
        await RunAsync(shard, folder => Nothing(() => folder.Release(epoch)), CancellationToken.None);

    public async ValueTask<IReadOnlyList<bool>> AreCurrentAsync(
        IReadOnlyList<(ShardId Shard, Epoch Epoch)> owners, CancellationToken cancellationToken = default)
    {
        var answers = new bool[owners.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            using var turn = await _turns.EnterAsync(owners[i].Shard, cancellationToken);
            answers[i] = turn.Folder.IsCurrent(owners[i].Epoch);
        }

        return answers;
    }

    /// <summary>Waits for the calls that run and closes all files. The data directory stays open.</summary>
    public ValueTask DisposeAsync() => _turns.CloseAsync();

    private static async ValueTask<CurrentFile> WritePagesAsync(
        ShardId shard,
        CheckpointWriter writer,
        CheckpointManifest manifest,
        IAsyncEnumerable<CheckpointPage> pages,
        CancellationToken cancellationToken)
    {
        await Task.Run(() => Guard(shard, () => Nothing(writer.Start)), cancellationToken);
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            if (page.Bytes.Length is 0 or > CheckpointPage.MaxBytes)
                throw new ArgumentException(
                    $"{page.Key} has {page.Bytes.Length} bytes, not 1 to {CheckpointPage.MaxBytes}.", nameof(pages));
            writer.Add(page.Key, page.Bytes.Span);
        }

        return await Task.Run(() => Guard(shard, () => writer.Complete(manifest.Body.Span)), cancellationToken);
    }

    private async ValueTask<T> RunAsync<T>(
        ShardId shard, Func<ShardFolder, T> work, CancellationToken cancellationToken)
    {
        using var turn = await _turns.EnterAsync(shard, cancellationToken);
        return await Task.Run(() => Guard(shard, () => work(turn.Folder)), CancellationToken.None);
    }

    private static T Guard<T>(ShardId shard, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (DamagedFileException e)
        {
            throw new StoreCorruptedException(shard, e.Where, e.What);
        }
    }

    private static bool Nothing(Action work)
    {
        work();
        return true;
    }
}
