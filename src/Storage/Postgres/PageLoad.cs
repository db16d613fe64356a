using System.Buffers;
using System.Globalization;
using Npgsql;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Storage.Postgres;

/// <summary>Loads the pages of one checkpoint straight into their memory, a large one over several connections that see
/// the same snapshot.</summary>
internal sealed class PageLoad(
    NpgsqlDataSource source,
    Seal seal,
    ShardId shard,
    StoredShard stored,
    Func<PageKey, int, Memory<byte>> destination)
{
    /// <summary>Slices, of 8 KiB at most, from which on more than one connection pays.</summary>
    private const long ManySlices = 1_024;

    // The checkpoint's version and number of slices come with each, from the same snapshot: another one, and what is
    // missing, are noticed.
    private static readonly PartitionedSql PagesSql = new(
        """
        SELECT p.page_key, p.version, p.start, p.page_bytes, p.bytes, c.slices, c.version
        FROM vectorcluster.checkpoint_@ c LEFT JOIN vectorcluster.page_@ p ON p.shard_key = c.shard_key
        WHERE c.shard_key = $1
        """);

    // Every connection visits all rows and sends its share; sending is what costs.
    private static readonly PartitionedSql ShareSql = new(
        """
        SELECT p.page_key, p.version, p.start, p.page_bytes, p.bytes, c.slices, c.version
        FROM vectorcluster.checkpoint_@ c JOIN vectorcluster.page_@ p ON p.shard_key = c.shard_key
        WHERE c.shard_key = $1 AND p.page_key % $2 = $3
        """);

    private readonly Lock _placing = new();
    private long _expected;
    private long _found;
    private volatile bool _isThere;

    public async ValueTask RunAsync(int connections, CancellationToken cancellationToken)
    {
        if (connections < 2 || stored.Slices < ManySlices)
        {
            await using var command = source.CreateCommand(PagesSql[stored.Partition]);
            command.Parameters.Add(SqlParameters.Number(stored.Key));
            await LoadAsync(command, cancellationToken);
        }
        else
        {
            await LoadSharesAsync(connections, cancellationToken);
        }

        if (!_isThere && stored.Version > 0)
            throw Damaged($"shard_key {stored.Key}", "the checkpoint is not there, or has no slices");
        if (_found != _expected)
            throw Damaged($"shard_key {stored.Key}", $"{_found} of {_expected} slices are there");
    }

    private async ValueTask LoadSharesAsync(int connections, CancellationToken cancellationToken)
    {
        await using var first = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await first.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        await using var export = new NpgsqlCommand("SELECT pg_export_snapshot()", first);
        var snapshot = (string)(await export.ExecuteScalarAsync(cancellationToken))!;
        var others = Enumerable.Range(1, connections - 1).Select(async share =>
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var same = await connection.BeginTransactionAsync(
                System.Data.IsolationLevel.RepeatableRead, cancellationToken);
            await using var import = new NpgsqlCommand($"SET TRANSACTION SNAPSHOT '{snapshot}'", connection);
            await import.ExecuteNonQueryAsync(cancellationToken);
            await LoadShareAsync(connection, connections, share, cancellationToken);
        });
        await Task.WhenAll([LoadShareAsync(first, connections, 0, cancellationToken), .. others]);
    }

    private async Task LoadShareAsync(
        NpgsqlConnection connection, int shares, int share, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(ShareSql[stored.Partition], connection);
        command.Parameters.Add(SqlParameters.Number(stored.Key));
        command.Parameters.Add(SqlParameters.Number(shares));
        command.Parameters.Add(SqlParameters.Number(share));
        await Task.Run(() => LoadAsync(command, cancellationToken), cancellationToken);
    }

    private async Task LoadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var pages = new Dictionary<long, Memory<byte>>();
        var slice = ArrayPool<byte>.Shared.Rent(Slices.MaxBytes);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var found = 0;
            while (await reader.ReadAsync(cancellationToken))
            {
                _isThere = true;
                Volatile.Write(ref _expected, reader.GetInt64(5));
                if (reader.GetInt64(6) != stored.Version)
                    throw Damaged($"shard_key {stored.Key}", "another checkpoint has taken the place of this one");
                if (await reader.IsDBNullAsync(0, cancellationToken)) continue; // a checkpoint without pages
                ReadSlice(reader, slice, pages);
                found++;
            }

            Interlocked.Add(ref _found, found);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(slice);
        }
    }

    private void ReadSlice(NpgsqlDataReader reader, byte[] buffer, Dictionary<long, Memory<byte>> pages)
    {
        var (key, version, start) = (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt32(2));
        var pageBytes = reader.GetInt32(3);
        var bytes = buffer.AsSpan(0, (int)reader.GetBytes(4, 0, buffer, 0, Slices.MaxBytes));
        if (!pages.TryGetValue(key, out var page))
        {
            if (pageBytes is < 1 or > CheckpointPage.MaxBytes) throw DamagedPage(key, start);
            lock (_placing) page = destination(PageKeys.Decode(key), pageBytes);
            page.Span.Clear(); // the end of a page is not stored if it is zero
            pages.Add(key, page);
        }

        if (bytes.IsEmpty) throw DamagedPage(key, start);
        var (prefix, suffix) = Seal.ShapeOf(bytes);
        var length = bytes.Length - prefix - suffix;
        if (length < 0 || start < 0 || length > page.Length - start
            || !seal.TryOpen(
                bytes,
                new(SealedTable.Page, stored.Key, key, version, start),
                page.Span.Slice(start, length)))
            throw DamagedPage(key, start);
    }

    private StoreCorruptedException DamagedPage(long key, int start) => Damaged(
        string.Create(CultureInfo.InvariantCulture, $"shard_key {stored.Key}, page_key {key}, start {start}"),
        "a page is not as written");

    private StoreCorruptedException Damaged(string where, string what) =>
        new(shard, $"page_{stored.Partition}, {where}", what);
}
