using System.Buffers;
using Npgsql;
using NpgsqlTypes;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Storage.Postgres;

/// <summary>One checkpoint: a transaction that copies the changed pages in, then makes them count.</summary>
/// <remarks>
/// While pages are copied nobody waits for this transaction: its rows have a version of their own. The end (superseded
/// rows deleted, the epoch checked under the shard's lock, the manifest set, commit) is one round trip, so that an
/// owner that stops in the middle holds no lock.
/// </remarks>
internal sealed class CheckpointCopy(NpgsqlConnection connection, Seal seal, StoredShard stored) : IAsyncDisposable
{
    /// <summary>What the schema's functions raise where the epoch is old.</summary>
    public const string RejectedState = "VC001";

    private const string BackwardsState = "VC002";

    private static readonly PartitionedSql BeginSql = new(
        """
        SELECT nextval('vectorcluster.checkpoint_version'), coalesce(c.version, 0) FROM vectorcluster.shard_@ s
        LEFT JOIN vectorcluster.checkpoint_@ c ON c.shard_key = s.shard_key
        WHERE s.shard_key = $1 AND s.epoch = $2
        """);

    private static readonly PartitionedSql CopySql = new(
        """
        COPY vectorcluster.page_@ (shard_key, page_key, version, start, page_bytes, partition, bytes)
        FROM STDIN (FORMAT BINARY)
        """);

    /// <summary>Version that each page was last written with here.</summary>
    private readonly Dictionary<long, long> _versions = [];
    private long _baseVersion;
    private long _slices;

    public static SealedPlace ManifestPlace(long shardKey, long lsn) =>
        new(SealedTable.Manifest, shardKey, lsn, 0, 0);

    /// <summary>Of the pages that are copied.</summary>
    public long Version { get; private set; }

    /// <returns>The manifest's body; null: it is damaged.</returns>
    public static byte[]? TryOpenManifest(Seal seal, long shardKey, long lsn, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return null;
        var (prefix, suffix) = Seal.ShapeOf(bytes);
        if (bytes.Length < prefix + suffix) return null;
        var body = new byte[bytes.Length - prefix - suffix];
        return seal.TryOpen(bytes, ManifestPlace(shardKey, lsn), body) ? body : null;
    }

    /// <returns>False: the epoch is old.</returns>
    public async ValueTask<bool> TryBeginAsync(Epoch epoch, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        var begin = new NpgsqlBatchCommand(BeginSql[stored.Partition]);
        begin.Parameters.Add(SqlParameters.Number(stored.Key));
        begin.Parameters.Add(SqlParameters.Number(epoch.Value));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN ISOLATION LEVEL READ COMMITTED"));
        batch.BatchCommands.Add(begin);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return false;
        (Version, _baseVersion) = (reader.GetInt64(0), reader.GetInt64(1));
        return true;
    }

    public async ValueTask WriteAsync(IAsyncEnumerable<CheckpointPage> pages, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Slices.MaxBytes);
        try
        {
            await using var import = await connection.BeginBinaryImportAsync(
                CopySql[stored.Partition], cancellationToken);
            await foreach (var page in pages.WithCancellation(cancellationToken))
            {
                if (page.Bytes.Length is 0 or > CheckpointPage.MaxBytes)
                    throw new ArgumentException(
                        $"{page.Key} has {page.Bytes.Length} bytes, not 1 to {CheckpointPage.MaxBytes}.",
                        nameof(pages));
                await WritePageAsync(import, page, buffer, cancellationToken);
            }

            await import.CompleteAsync(cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <exception cref="ArgumentException">The manifest's LSN is before that of the checkpoint there is.</exception>
    public async ValueTask<StoreStatus> FinishAsync(
        Epoch epoch, CheckpointManifest manifest, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.Timeout = PostgresConnection.BulkTimeout(batch.Timeout);
        var finish = new NpgsqlBatchCommand(
            "SELECT vectorcluster.finish_checkpoint($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
        finish.Parameters.Add(new NpgsqlParameter<short> { TypedValue = stored.Partition });
        foreach (var number in (long[])[stored.Key, epoch.Value, manifest.Lsn.Value, Version, _baseVersion, _slices])
            finish.Parameters.Add(SqlParameters.Number(number));
        var repeated = _versions.Where(entry => entry.Value > Version).ToList();
        foreach (var numbers in (long[][])[[.. _versions.Keys], [.. repeated.Select(entry => entry.Key)],
            [.. repeated.Select(entry => entry.Value)]])
            finish.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = numbers });
        finish.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = SealManifest(manifest) });
        batch.BatchCommands.Add(finish);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        try
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
            return StoreStatus.Done;
        }
        catch (PostgresException exception) when (exception.SqlState == RejectedState)
        {
            return StoreStatus.Rejected;
        }
        catch (PostgresException exception) when (exception.SqlState == BackwardsState)
        {
            throw new ArgumentException(exception.MessageText, nameof(manifest), exception);
        }
    }

    /// <summary>Gives the connection back; what was not finished is rolled back.</summary>
    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private byte[] SealManifest(CheckpointManifest manifest)
    {
        var bytes = new byte[seal.Prefix + manifest.Body.Length + seal.Suffix];
        manifest.Body.Span.CopyTo(bytes.AsSpan(seal.Prefix));
        seal.Close(bytes, ManifestPlace(stored.Key, manifest.Lsn.Value));
        return bytes;
    }

    private async ValueTask WritePageAsync(
        NpgsqlBinaryImporter import, CheckpointPage page, byte[] buffer, CancellationToken cancellationToken)
    {
        var key = PageKeys.Encode(page.Key);
        var version = _versions.TryGetValue(key, out var earlier) ? earlier + 1 : Version;
        _versions[key] = version;

        // Zeros at the end of a page, as small namespaces have many of, take no room. One slice always stands.
        var bytes = page.Bytes[..Math.Max(1, page.Bytes.Span.LastIndexOfAnyExcept((byte)0) + 1)];
        var step = Slices.BodyBytes(bytes.Length);
        for (var start = 0; start < bytes.Length; start += step)
        {
            var body = bytes.Slice(start, Math.Min(step, bytes.Length - start));
            var slice = buffer.AsMemory(0, seal.Prefix + body.Length + seal.Suffix);
            body.CopyTo(slice[seal.Prefix..]);
            seal.Close(slice.Span, new(SealedTable.Page, stored.Key, key, version, start));
            await import.StartRowAsync(cancellationToken);
            await import.WriteAsync(stored.Key, NpgsqlDbType.Bigint, cancellationToken);
            await import.WriteAsync(key, NpgsqlDbType.Bigint, cancellationToken);
            await import.WriteAsync(version, NpgsqlDbType.Bigint, cancellationToken);
            await import.WriteAsync(start, NpgsqlDbType.Integer, cancellationToken);
            await import.WriteAsync(page.Bytes.Length, NpgsqlDbType.Integer, cancellationToken);
            await import.WriteAsync(stored.Partition, NpgsqlDbType.Smallint, cancellationToken);
            await import.WriteAsync((ReadOnlyMemory<byte>)slice, NpgsqlDbType.Bytea, cancellationToken);
            _slices++;
        }
    }
}
