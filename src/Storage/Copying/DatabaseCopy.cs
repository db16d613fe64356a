using System.Security.Cryptography;
using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Storage.Copying;

/// <summary>Copies a whole database from one store to another, byte for byte as shards see it, and reads it back to
/// compare.</summary>
/// <remarks>
/// A collection's row is written after all that belongs to it: a copy that was interrupted has no such collection, and
/// copying again begins its shards anew. The source only changes in that its shards get a new owner. A shard is held in
/// memory while it is copied.
/// </remarks>
/// <param name="progress">Told each shard that is done.</param>
public sealed class DatabaseCopy(
    ICatalogueStore fromCatalogue,
    IShardStore fromShards,
    ICatalogueStore toCatalogue,
    IShardStore toShards,
    Action<CopiedShard> progress)
{
    private const long MaxCommitBytes = 16 * 1024 * 1024;

    /// <exception cref="CopyException">The target has a collection of that name, or what was read back
    /// differs.</exception>
    /// <exception cref="StoreCorruptedException">A shard of the source is damaged.</exception>
    public async Task<CopyTotals> RunAsync(CancellationToken cancellationToken = default)
    {
        var totals = new CopyTotals(0, 0, 0, 0);
        var rows = new List<CatalogueRow>();
        await foreach (var row in fromCatalogue.ListCollectionsAsync(cancellationToken)) rows.Add(row);
        foreach (var row in rows)
            if (await toCatalogue.ReadCollectionAsync(row.Name, cancellationToken) is not null)
                throw new CopyException($"The target has a collection '{row.Name}' already. Nothing was copied.");
        foreach (var row in rows)
        {
            await ClearAsync(row.Name, cancellationToken);
            var shards = new List<ShardId>();
            await foreach (var shard in fromShards.ListAsync(row.Name, null, cancellationToken)) shards.Add(shard);
            foreach (var shard in shards)
            {
                var copied = await CopyShardAsync(shard, cancellationToken);
                progress(copied);
                totals = totals with
                {
                    Shards = totals.Shards + 1,
                    Records = totals.Records + copied.Records,
                    PageBytes = totals.PageBytes + copied.PageBytes,
                };
            }

            await CopyRowsAsync(row, cancellationToken);
            totals = totals with { Collections = totals.Collections + 1 };
        }

        return totals;
    }

    /// <summary>Removes what an interrupted copy left.</summary>
    private async Task ClearAsync(string collection, CancellationToken cancellationToken)
    {
        var leftovers = new List<ShardId>();
        await foreach (var shard in toShards.ListAsync(collection, null, cancellationToken)) leftovers.Add(shard);
        foreach (var shard in leftovers) await toShards.DeleteAsync(shard, cancellationToken);
        await toCatalogue.DeleteCollectionAsync(collection, cancellationToken);
    }

    private async Task CopyRowsAsync(CatalogueRow collection, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var name in fromCatalogue.ListNamespacesAsync(collection.Name, cancellationToken))
            names.Add(name);
        foreach (var name in names)
        {
            if (await fromCatalogue.ReadNamespaceAsync(collection.Name, name, cancellationToken) is not { } row)
                throw new CopyException($"Namespace '{name}' of '{collection.Name}' changed during the copy.");
            await toCatalogue.TryWriteNamespaceAsync(collection.Name, name, 0, row.Value, cancellationToken);
            var back = await toCatalogue.ReadNamespaceAsync(collection.Name, name, cancellationToken);
            if (back is null || !back.Value.Span.SequenceEqual(row.Value.Span))
                throw new CopyException($"Namespace '{name}' of '{collection.Name}' was not read back as written.");
        }

        await toCatalogue.TryWriteCollectionAsync(collection.Name, 0, collection.Value, cancellationToken);
        var written = await toCatalogue.ReadCollectionAsync(collection.Name, cancellationToken);
        if (written is null || !written.Value.Span.SequenceEqual(collection.Value.Span))
            throw new CopyException($"Collection '{collection.Name}' was not read back as written.");
    }

    private async Task<CopiedShard> CopyShardAsync(ShardId shard, CancellationToken cancellationToken)
    {
        var source = await fromShards.AcquireAsync(shard, cancellationToken);
        var target = await toShards.AcquireAsync(shard, cancellationToken);
        var pages = await ReadPagesAsync(fromShards, shard, source.Epoch, cancellationToken);
        var checkpointLsn = source.Checkpoint?.Lsn ?? Lsn.None;
        if (source.Checkpoint is { } manifest)
        {
            var stream = pages.Select(page => new CheckpointPage(page.Key, page.Value)).ToAsyncEnumerable();
            Require(
                await toShards.WriteCheckpointAsync(shard, target.Epoch, manifest, stream, cancellationToken), shard);
        }

        var digests = pages.ToDictionary(page => page.Key, page => SHA256.HashData(page.Value));
        var pageBytes = pages.Sum(page => (long)page.Value.Length);
        pages.Clear();
        using var log = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var records = await CopyLogAsync(shard, source, target.Epoch, log, cancellationToken);
        if (checkpointLsn.Value + records != source.LastLsn.Value)
            throw new CopyException(
                $"The log of {shard} ends at {checkpointLsn.Value + records}, not {source.LastLsn}.");
        var verified = await VerifyAsync(shard, source, digests, log.GetHashAndReset(), cancellationToken);
        await fromShards.ReleaseAsync(shard, source.Epoch, cancellationToken);
        await toShards.ReleaseAsync(shard, verified, cancellationToken);
        return new(shard, records, pageBytes);
    }

    private async Task<long> CopyLogAsync(
        ShardId shard,
        ShardOwnership source,
        Epoch epoch,
        IncrementalHash hash,
        CancellationToken cancellationToken)
    {
        var commit = new List<ReadOnlyMemory<byte>>();
        var (first, bytes, count) = ((source.Checkpoint?.Lsn ?? Lsn.None).Next, 0L, 0L);
        await foreach (var record in fromShards.ReadAsync(shard, first, source.Epoch, cancellationToken))
        {
            hash.AppendData(record.Body.Span);
            commit.Add(record.Body);
            bytes += record.Body.Length;
            count++;
            if (commit.Count < WalLimits.MaxRecords && bytes < MaxCommitBytes) continue;
            await FlushAsync();
        }

        if (commit.Count > 0) await FlushAsync();
        return count;

        async Task FlushAsync()
        {
            Require(await toShards.AppendAsync(shard, epoch, first, commit, cancellationToken), shard);
            first = new(first.Value + commit.Count);
            (bytes, commit) = (0, []);
        }
    }

    /// <returns>The epoch under which the copy was read back.</returns>
    private async Task<Epoch> VerifyAsync(
        ShardId shard,
        ShardOwnership source,
        Dictionary<PageKey, byte[]> digests,
        byte[] logDigest,
        CancellationToken cancellationToken)
    {
        var target = await toShards.AcquireAsync(shard, cancellationToken);
        var isSame = target.LastLsn == source.LastLsn
            && target.Checkpoint?.Lsn == source.Checkpoint?.Lsn
            && (source.Checkpoint is null || target.Checkpoint!.Body.Span.SequenceEqual(source.Checkpoint.Body.Span));
        var pages = await ReadPagesAsync(toShards, shard, target.Epoch, cancellationToken);
        isSame &= pages.Count == digests.Count && pages.All(page => digests.TryGetValue(page.Key, out var digest)
            && digest.AsSpan().SequenceEqual(SHA256.HashData(page.Value)));
        using var log = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var from = (source.Checkpoint?.Lsn ?? Lsn.None).Next;
        await foreach (var record in toShards.ReadAsync(shard, from, target.Epoch, cancellationToken))
            log.AppendData(record.Body.Span);
        if (!isSame || !log.GetHashAndReset().AsSpan().SequenceEqual(logDigest))
            throw new CopyException($"Shard {shard} was not read back as it was written.");
        return target.Epoch;
    }

    private static async Task<Dictionary<PageKey, byte[]>> ReadPagesAsync(
        IShardStore store, ShardId shard, Epoch owner, CancellationToken cancellationToken)
    {
        var pages = new Dictionary<PageKey, byte[]>();
        await store.ReadPagesAsync(shard, (key, length) => pages[key] = new byte[length], owner, cancellationToken);
        return pages;
    }

    private static void Require(StoreStatus status, ShardId shard)
    {
        if (status != StoreStatus.Done)
            throw new CopyException($"Shard {shard} got another owner during the copy. Stop whatever else uses it.");
    }
}

/// <summary>A shard that was copied and compared.</summary>
/// <param name="Records">Of its log, after its checkpoint.</param>
public readonly record struct CopiedShard(ShardId Shard, long Records, long PageBytes);

public sealed record CopyTotals(int Collections, long Shards, long Records, long PageBytes);

/// <summary>The copy can't be made, or is not as the source. The source is as it was.</summary>
public sealed class CopyException(string message) : Exception(message);
