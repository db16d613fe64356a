using System.Data;
using Npgsql;
using NpgsqlTypes;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Storage.Postgres;

/// <summary>Which of many epochs are still the newest of their shards: one round trip, a statement for each partition
/// that is asked.</summary>
internal sealed class OwnershipQuery(NpgsqlDataSource source)
{
    private static readonly PartitionedSql EpochsSql = new(
        "SELECT shard_key, epoch FROM vectorcluster.shard_@ WHERE shard_key = ANY ($1)");

    /// <param name="owners">Null: not a shard of this store's; it is not current.</param>
    /// <returns>In the order of the owners.</returns>
    public async ValueTask<IReadOnlyList<bool>> RunAsync(
        IReadOnlyList<(StoredShard Shard, Epoch Epoch)?> owners, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch();
        var known = owners.OfType<(StoredShard Shard, Epoch Epoch)>();
        foreach (var partition in known.GroupBy(owner => owner.Shard.Partition))
        {
            var command = new NpgsqlBatchCommand(EpochsSql[partition.Key]);
            command.Parameters.Add(new NpgsqlParameter<long[]>
            {
                TypedValue = [.. partition.Select(owner => owner.Shard.Key).Distinct()],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
            });
            batch.BatchCommands.Add(command);
        }

        var epochs = batch.BatchCommands.Count == 0 ? [] : await ReadAsync(batch, cancellationToken);
        return
        [
            .. owners.Select(owner => owner is var (shard, epoch)
                && epochs.TryGetValue(shard.Key, out var newest) && newest == epoch.Value),
        ];
    }

    private async ValueTask<Dictionary<long, long>> ReadAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var epochs = new Dictionary<long, long>();
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        batch.Connection = connection;
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            do
            {
                while (await reader.ReadAsync(cancellationToken)) epochs.Add(reader.GetInt64(0), reader.GetInt64(1));
            }
            while (await reader.NextResultAsync(cancellationToken));
            return epochs;
        }
        catch when (connection.State != ConnectionState.Open)
        {
            // A process that was stopped for a while finds all of its connections dead: the next call gets a fresh one.
            // One that outlived the call shows that the server was only slow.
            source.Clear();
            throw;
        }
    }
}
