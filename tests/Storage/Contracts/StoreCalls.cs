using System.Text;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Storage.Tests.Contracts;

/// <summary>Short forms of the store's calls, for tests.</summary>
internal static class StoreCalls
{
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static ValueTask<StoreStatus> AppendAsync(
        this IShardStore store, ShardId shard, Epoch epoch, long first, params string[] records) =>
        store.AppendAsync(shard, epoch, new Lsn(first), [.. records.Select(r => (ReadOnlyMemory<byte>)Bytes(r))]);

    public static async Task<List<WalRecord>> LogAsync(this IShardStore store, ShardId shard, long from = 1)
    {
        var records = new List<WalRecord>();
        await foreach (var record in store.ReadAsync(shard, new Lsn(from))) records.Add(record);
        return records;
    }

    /// <summary>Each record as "LSN:body".</summary>
    public static async Task<string[]> TextsAsync(this IShardStore store, ShardId shard, long from = 1) =>
        [.. (await store.LogAsync(shard, from)).Select(r => $"{r.Lsn}:{Encoding.UTF8.GetString(r.Body.Span)}")];

    public static ValueTask<StoreStatus> CheckpointAsync(
        this IShardStore store,
        ShardId shard,
        Epoch epoch,
        long lsn,
        string manifest,
        params (PageKey, byte[])[] pages) =>
        store.WriteCheckpointAsync(shard, epoch, new(new Lsn(lsn), Bytes(manifest)), StreamAsync(pages));

    public static async Task<Dictionary<PageKey, byte[]>> PagesAsync(this IShardStore store, ShardId shard)
    {
        var pages = new Dictionary<PageKey, byte[]>();
        await store.ReadPagesAsync(shard, (key, length) =>
        {
            var bytes = new byte[length];
            pages.Add(key, bytes);
            return bytes;
        });
        return pages;
    }

    public static async Task<List<ShardId>> ShardsAsync(
        this IShardStore store, string collection, string? name = null)
    {
        var shards = new List<ShardId>();
        await foreach (var shard in store.ListAsync(collection, name)) shards.Add(shard);
        return shards;
    }

    /// <summary>Gives every page in the same memory, as the contract allows.</summary>
    public static async IAsyncEnumerable<CheckpointPage> StreamAsync(params (PageKey Key, byte[] Bytes)[] pages)
    {
        var shared = new byte[CheckpointPage.MaxBytes];
        foreach (var (key, bytes) in pages)
        {
            await Task.Yield();
            bytes.CopyTo(shared, 0);
            yield return new(key, shared.AsMemory(0, bytes.Length));
        }
    }
}
