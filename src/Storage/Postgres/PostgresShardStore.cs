using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Storage.Postgres;

/// <summary>Shards as rows of PostgreSQL tables. Layout: docs/formats/postgres.md.</summary>
/// <remarks>
/// <para>Fencing: a shard's row holds its epoch and last LSN. Every change checks the epoch in the statement, or in
/// the transaction, that makes it, under that row's lock.</para>
/// <para>An append is one round trip and one transaction, in which the row moves on from the LSN before: so LSNs have
/// no gaps, and the row's LSN settles what is unknown. Its lock is taken by the last statement, once all has
/// arrived.</para>
/// <para>A shard that this store has not acquired has no owner here: calls with an epoch are rejected.</para>
/// </remarks>
internal sealed class PostgresShardStore(NpgsqlDataSource source, Seal seal, BulkGate gate, int loadConnections)
    : IShardStore
{

    // The row comes into being with the first owner. Somebody else's checkpoint can't come between the two
    // statements: it would need the row, which stays locked to the end of the batch.
    private static readonly PartitionedSql AcquireSql = new(
        """
        INSERT INTO vectorcluster.shard_@ AS s
            (partition, shard_key, epoch, last_lsn, collection, namespace, shard, is_held)
        VALUES (@, nextval('vectorcluster.shard_key'), 1, 0, $1, $2, $3, true)
        ON CONFLICT (collection, namespace, shard)
        DO UPDATE SET epoch = s.epoch + 1, was_held = s.is_held, is_held = true
        RETURNING shard_key, epoch, last_lsn, was_held
        """);

    private static readonly PartitionedSql ManifestSql = new(
        """
        SELECT c.shard_key, c.lsn, c.manifest, c.slices, c.version FROM vectorcluster.checkpoint_@ c
        JOIN vectorcluster.shard_@ s ON s.shard_key = c.shard_key
        WHERE s.collection = $1 AND s.namespace = $2 AND s.shard = $3
        """);

    private static readonly PartitionedSql RenewSql = new(
        """
        UPDATE vectorcluster.shard_@ SET epoch = epoch + 1 WHERE shard_key = $1 AND epoch = $2
        RETURNING shard_key, epoch, last_lsn, false
        """);

    // Nothing waits for the disk: a release that a crash takes back makes the next owner wait, no more.
    private static readonly PartitionedSql ReleaseSql = new(
        """
        UPDATE vectorcluster.shard_@ SET is_held = false
        WHERE shard_key = $1 AND epoch = $2 AND set_config('synchronous_commit', 'off', true) IS NOT NULL
        """);

    // Bounded by the checkpoint, so that nothing is freed that only the log holds, whoever asks.
    private static readonly PartitionedSql TrimSql = new(
        """
        WITH owner AS (
            SELECT least($3, coalesce(c.lsn, 0)) AS up_to FROM vectorcluster.shard_@ s
            LEFT JOIN vectorcluster.checkpoint_@ c ON c.shard_key = s.shard_key
            WHERE s.shard_key = $1 AND s.epoch = $2),
        freed AS (
            DELETE FROM vectorcluster.wal_@ WHERE shard_key = $1 AND last_lsn <= (SELECT up_to FROM owner))
        SELECT count(*) FROM owner
        """);

    private static readonly PartitionedSql FindSql = new(
        """
        SELECT s.shard_key, coalesce(c.slices, 0), coalesce(c.version, 0) FROM vectorcluster.shard_@ s
        LEFT JOIN vectorcluster.checkpoint_@ c ON c.shard_key = s.shard_key
        WHERE s.collection = $1 AND s.namespace = $2 AND s.shard = $3
        """);

    // The lock of whoever deletes pages comes before the row's, as it does everywhere.
    private static readonly PartitionedSql LockPagesSql = new(
        """
        SELECT pg_advisory_xact_lock(vectorcluster.page_lock_class(), (shard_key % 2147483647)::integer)
        FROM vectorcluster.shard_@ WHERE collection = $1 AND namespace = $2 AND shard = $3
        """);

    private static readonly PartitionedSql LockHeldSql = new(
        """
        SELECT is_held FROM vectorcluster.shard_@ WHERE collection = $1 AND namespace = $2 AND shard = $3 FOR UPDATE
        """);

    private static readonly PartitionedSql DeleteSql = new(
        "SELECT vectorcluster.delete_shard(@::smallint, $1, $2, $3)");

    private static readonly PartitionedSql ListSql = new(
        "SELECT namespace, shard FROM vectorcluster.shard_@ WHERE collection = $1 AND namespace = $2");

    private readonly ConcurrentDictionary<ShardId, StoredShard> _owned = new();
    private readonly OwnershipQuery _ownership = new(source);
    private readonly WalAppend _append = new(source);

    public async ValueTask<ShardOwnership> AcquireAsync(ShardId shard, CancellationToken cancellationToken = default)
    {
        var partition = Partition.Of(shard.Collection, shard.Namespace);
        var take = new NpgsqlBatchCommand(AcquireSql[partition]);
        AddName(take.Parameters, shard);
        return (await TakeAsync(shard, partition, take, cancellationToken))!.Value;
    }

    public async ValueTask<ShardOwnership?> RenewAsync(
        ShardId shard, Epoch epoch, CancellationToken cancellationToken = default)
    {
        if (!_owned.TryGetValue(shard, out var stored)) return null;
        var take = new NpgsqlBatchCommand(RenewSql[stored.Partition]);
        take.Parameters.Add(SqlParameters.Number(stored.Key));
        take.Parameters.Add(SqlParameters.Number(epoch.Value));
        return await TakeAsync(shard, stored.Partition, take, cancellationToken);
    }

    public async ValueTask<StoreStatus> AppendAsync(
        ShardId shard,
        Epoch epoch,
        Lsn first,
        IReadOnlyList<ReadOnlyMemory<byte>> records,
        CancellationToken cancellationToken = default)
    {
        WalLimits.CheckAppend(records);
        if (!_owned.TryGetValue(shard, out var stored)) return StoreStatus.Rejected;
        var last = first.Value + records.Count - 1;
        var frame = WalFrame.Encode(records, seal, stored.Key, last);
        try
        {
            return await _append.RunAsync(stored, epoch, first, last, frame, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame.Array!);
        }
    }

    public async IAsyncEnumerable<WalRecord> ReadAsync(
        ShardId shard,
        Lsn from,
        Epoch? owner = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (await FindAsync(shard, owner, cancellationToken) is not { } stored) yield break;
        await foreach (var record in new WalScan(source, seal, shard, stored).ReadAsync(from, cancellationToken))
            yield return record;
    }

    public async ValueTask<StoreStatus> WriteCheckpointAsync(
        ShardId shard,
        Epoch epoch,
        CheckpointManifest manifest,
        IAsyncEnumerable<CheckpointPage> pages,
        CancellationToken cancellationToken = default)
    {
        if (!_owned.TryGetValue(shard, out var stored)) return StoreStatus.Rejected;
        using var turn = await gate.EnterAsync(cancellationToken);
        await using var copy = new CheckpointCopy(await source.OpenConnectionAsync(cancellationToken), seal, stored);
        if (!await copy.TryBeginAsync(epoch, cancellationToken)) return StoreStatus.Rejected;
        await copy.WriteAsync(pages, cancellationToken);
        var status = await copy.FinishAsync(epoch, manifest, cancellationToken);
        if (status == StoreStatus.Done) _owned.TryUpdate(shard, stored with { Version = copy.Version }, stored);
        return status;
    }

    public async ValueTask<CheckpointManifest?> ReadManifestAsync(
        ShardId shard, CancellationToken cancellationToken = default)
    {
        await using var command = source.CreateCommand(
            ManifestSql[Partition.Of(shard.Collection, shard.Namespace)]);
        AddName(command.Parameters, shard);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadManifestAsync(shard, reader, cancellationToken);
    }

    public async ValueTask ReadPagesAsync(
        ShardId shard,
        Func<PageKey, int, Memory<byte>> destination,
        Epoch? owner = null,
        CancellationToken cancellationToken = default)
    {
        if (await FindAsync(shard, owner, cancellationToken) is not { } stored) return;
        using var turn = await gate.EnterAsync(cancellationToken);
        await new PageLoad(source, seal, shard, stored, destination).RunAsync(loadConnections, cancellationToken);
    }

    public async ValueTask<StoreStatus> TrimAsync(
        ShardId shard, Epoch epoch, Lsn upTo, CancellationToken cancellationToken = default)
    {
        if (!_owned.TryGetValue(shard, out var stored)) return StoreStatus.Rejected;
        await using var command = source.CreateCommand(TrimSql[stored.Partition]);
        command.Parameters.Add(SqlParameters.Number(stored.Key));
        command.Parameters.Add(SqlParameters.Number(epoch.Value));
        command.Parameters.Add(SqlParameters.Number(upTo.Value));
        return await command.ExecuteScalarAsync(cancellationToken) is 1L ? StoreStatus.Done : StoreStatus.Rejected;
    }

    public async ValueTask ReleaseAsync(ShardId shard, Epoch epoch, CancellationToken cancellationToken = default)
    {
        if (!_owned.TryGetValue(shard, out var stored) || stored.Epoch != epoch) return;
        _owned.TryRemove(new(shard, stored));
        cancellationToken.ThrowIfCancellationRequested(); // before a command that might yet be sent
        await using var command = source.CreateCommand(ReleaseSql[stored.Partition]);
        command.Parameters.Add(SqlParameters.Number(stored.Key));
        command.Parameters.Add(SqlParameters.Number(epoch.Value));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public ValueTask<IReadOnlyList<bool>> AreCurrentAsync(
        IReadOnlyList<(ShardId Shard, Epoch Epoch)> owners, CancellationToken cancellationToken = default) =>
        _ownership.RunAsync(
            [
                .. owners.Select(owner => _owned.TryGetValue(owner.Shard, out var stored)
                    ? (stored, owner.Epoch)
                    : default((StoredShard, Epoch)?)),
            ],
            cancellationToken);

    public async ValueTask<bool> DeleteAsync(ShardId shard, CancellationToken cancellationToken = default)
    {
        _owned.TryRemove(shard, out _);
        var partition = Partition.Of(shard.Collection, shard.Namespace);
        await using var batch = source.CreateBatch();
        batch.Timeout = PostgresConnection.BulkTimeout(batch.Timeout);
        foreach (var sql in (PartitionedSql[])[LockPagesSql, LockHeldSql, DeleteSql])
        {
            var command = new NpgsqlBatchCommand(sql[partition]);
            AddName(command.Parameters, shard);
            batch.BatchCommands.Add(command);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var isHeld = await reader.ReadAsync(cancellationToken) && reader.GetBoolean(0);
        await reader.NextResultAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken); // to the end: the deletion is made by then
        return isHeld;
    }

    public async IAsyncEnumerable<ShardId> ListAsync(
        string collection,
        string? name = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var command = source.CreateCommand(name is null
            ? "SELECT namespace, shard FROM vectorcluster.shard WHERE collection = $1"
            : ListSql[Partition.Of(collection, name)]);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = collection });
        if (name is not null) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return new(collection, reader.GetString(0), reader.GetInt32(1));
    }

    private static void AddName(NpgsqlParameterCollection parameters, ShardId shard)
    {
        parameters.Add(new NpgsqlParameter<string> { TypedValue = shard.Collection });
        parameters.Add(new NpgsqlParameter<string> { TypedValue = shard.Namespace });
        parameters.Add(new NpgsqlParameter<int> { TypedValue = shard.Index });
    }

    /// <summary>Takes an epoch and reads the checkpoint's manifest, in one round trip and one transaction.</summary>
    /// <returns>Null: there was no row to take.</returns>
    private async ValueTask<ShardOwnership?> TakeAsync(
        ShardId shard, short partition, NpgsqlBatchCommand take, CancellationToken cancellationToken)
    {
        await using var batch = source.CreateBatch();
        var manifest = new NpgsqlBatchCommand(ManifestSql[partition]);
        AddName(manifest.Parameters, shard);
        batch.BatchCommands.Add(take);
        batch.BatchCommands.Add(manifest);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var key = reader.GetInt64(0);
        var (epoch, last) = (new Epoch(reader.GetInt64(1)), new Lsn(reader.GetInt64(2)));
        var isPreviousHeld = reader.GetBoolean(3);
        await reader.NextResultAsync(cancellationToken);
        var checkpoint = await ReadManifestAsync(shard, reader, cancellationToken);
        var (slices, version) = checkpoint is null ? (0, 0) : (reader.GetInt64(3), reader.GetInt64(4));

        // The commit is known only once the batch has been read to its end.
        await reader.NextResultAsync(cancellationToken);
        _owned[shard] = new(partition, key, slices, version) { Epoch = epoch };
        return new(epoch, last, checkpoint) { IsPreviousHeld = isPreviousHeld };
    }

    private async ValueTask<CheckpointManifest?> ReadManifestAsync(
        ShardId shard, NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        if (!await reader.ReadAsync(cancellationToken)) return null;
        var (key, lsn) = (reader.GetInt64(0), reader.GetInt64(1));
        return CheckpointCopy.TryOpenManifest(seal, key, lsn, reader.GetFieldValue<byte[]>(2)) is { } body
            ? new(new Lsn(lsn), body)
            : throw new StoreCorruptedException(
                shard, $"checkpoint, shard_key {key}", "the manifest is not as written");
    }

    /// <param name="owner">What was found when that epoch was taken is true for it alone; null: for nobody.</param>
    /// <returns>Null: there is no such shard.</returns>
    private async ValueTask<StoredShard?> FindAsync(ShardId shard, Epoch? owner, CancellationToken cancellationToken)
    {
        if (owner is not null && _owned.TryGetValue(shard, out var owned) && owned.Epoch == owner) return owned;
        var partition = Partition.Of(shard.Collection, shard.Namespace);
        await using var command = source.CreateCommand(FindSql[partition]);
        AddName(command.Parameters, shard);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(partition, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2))
            : null;
    }
}
