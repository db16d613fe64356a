using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Files;

/// <summary>A file store together with its data directory.</summary>
internal sealed class OpenStore : IAsyncDisposable
{
    private readonly DataDirectory _directory;

    public OpenStore(string path, IDiskObserver? observer = null, long segmentBytes = WalFormat.SegmentBytes)
    {
        _directory = DataDirectory.Open(path, observer, segmentBytes);
        Shards = new FileShardStore(_directory);
    }

    public FileShardStore Shards { get; }

    public string FolderOf(ShardId shard) => _directory.ShardFolder(shard);

    public async ValueTask DisposeAsync()
    {
        await Shards.DisposeAsync();
        _directory.Dispose();
    }
}

/// <summary>All that a reader can learn of a shard, as text, so that two states can be compared.</summary>
internal static class ShardState
{
    public static async Task<string> ReadAsync(IShardStore store, ShardId shard)
    {
        var log = await store.LogAsync(shard);
        var manifest = await store.ReadManifestAsync(shard);
        var pages = await store.PagesAsync(shard);
        var lines = log.Select(r => $"{r.Lsn} {Convert.ToHexString(r.Body.Span)}")
            .Append($"manifest {manifest?.Lsn} {Convert.ToHexString(manifest is null ? [] : manifest.Body.Span)}")
            .Concat(pages.OrderBy(p => (p.Key.Region, p.Key.Page))
                .Select(p => $"{p.Key} {Convert.ToHexString(p.Value)}"));
        return string.Join('\n', lines);
    }

    public static (PageKey Key, byte[] Bytes) Page(uint page, byte fill, int length = 40) =>
        (new(1, page), Enumerable.Repeat(fill, length).ToArray());
}
