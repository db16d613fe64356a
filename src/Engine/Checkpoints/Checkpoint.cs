using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Checkpoints;

/// <summary>A shard's changes since its last checkpoint, copied out at one LSN.</summary>
/// <remarks>
/// Capturing stops writes and graph building for as long as copying the changed pages takes, at memory speed; searches
/// go on. What only deleted or replaced points had is not copied: payloads, ids. Saving then runs beside everything
/// else. If it fails, the pages count as changed again.
/// </remarks>
internal sealed class Checkpoint
{
    private readonly ShardState _state;
    private readonly List<CheckpointPage> _pages = [];

    private Checkpoint(ShardState state, CheckpointManifest manifest)
    {
        _state = state;
        Manifest = manifest;
    }

    public CheckpointManifest Manifest { get; }

    public long Bytes => _pages.Sum(page => (long)page.Bytes.Length);

    public static Checkpoint Capture(ShardState state)
    {
        lock (state.GraphGate)
        {
            lock (state.Gate)
            {
                var checkpoint = new Checkpoint(state, new(new(state.AppliedLsn), Describe(state).ToUtf8()));
                foreach (var region in state.Regions) checkpoint._pages.AddRange(region.TakeDirtyPages());
                return checkpoint;
            }
        }
    }

    /// <summary>Saves the checkpoint. An exception: the outcome is unknown, and the next checkpoint saves these pages
    /// again.</summary>
    public async Task<StoreStatus> SaveAsync(
        IShardStore store, ShardId shard, Epoch epoch, CancellationToken cancellationToken)
    {
        var isSaved = false;
        try
        {
            var pages = _pages.ToAsyncEnumerable();
            var status = await store.WriteCheckpointAsync(shard, epoch, Manifest, pages, cancellationToken);
            isSaved = status == StoreStatus.Done;
            return status;
        }
        finally
        {
            if (!isSaved) MarkDirty();
        }
    }

    /// <summary>Loads a shard's last checkpoint into an empty state.</summary>
    /// <param name="owner">Epoch of the owner that loads it; null: a copy is being made.</param>
    /// <exception cref="StoreCorruptedException">It is damaged, or does not fit the collection's settings.</exception>
    public static async Task LoadAsync(
        ShardState state,
        IShardStore store,
        ShardId shard,
        CheckpointManifest found,
        Epoch? owner,
        CancellationToken cancellationToken)
    {
        var manifest = ShardManifest.Parse(found.Body.Span);
        foreach (var expected in manifest.Regions)
        {
            var region = state.Regions.FirstOrDefault(region => region.Id == expected.Id);
            if (region?.RecordBytes != expected.RecordBytes || region.PageBytes != expected.PageBytes)
                throw new StoreCorruptedException(
                    shard, $"region {expected.Id}", "the checkpoint does not fit the collection's settings");
            region.Grow(expected.Count);
            region.StoredPageCount = expected.StoredPages;
        }

        foreach (var (graph, index) in manifest.Graphs.Zip(state.Vectors))
            if (index.Codes is { } codes && codes.Count < graph.IndexedUpTo)
                throw new StoreCorruptedException(shard, "the graph", "the checkpoint lacks codes of its places");
        await store.ReadPagesAsync(shard, Destination, owner, cancellationToken);
        state.Restore(found.Lsn);
        foreach (var (graph, index) in manifest.Graphs.Zip(state.Vectors))
            index.Restore(graph.IndexedUpTo, graph.GraphCount, (graph.EntryPoint, graph.EntryLevel));
        return;

        Memory<byte> Destination(PageKey key, int length)
        {
            var region = state.Regions.FirstOrDefault(region => region.Id == key.Region);
            if (region is null || length != region.PageBytes || key.Page >= region.StoredPageCount)
                throw new StoreCorruptedException(
                    shard, key.ToString(), "the checkpoint has a page that is out of place");
            return key.Page < region.PageCount
                ? region.PageMemory((int)key.Page)
                : new byte[length]; // left over from before a repair
        }
    }

    private static ShardManifest Describe(ShardState state) => new(
        ShardManifest.CurrentVersion,
        [.. state.Regions.Select(region =>
            new RegionManifest(
                region.Id,
                region.RecordBytes,
                region.PageBytes,
                region.Count,
                region.StoredPageCount,
                region.IsMapped))],
        [.. state.Vectors.Select(index => new GraphManifest(
            index.IndexedUpTo, index.GraphCount, index.EntryPoint.Place, index.EntryPoint.Level))]);

    private void MarkDirty()
    {
        lock (_state.GraphGate)
        {
            lock (_state.Gate)
            {
                foreach (var page in _pages)
                    _state.Regions.First(region => region.Id == page.Key.Region).MarkPageDirty((int)page.Key.Page);
            }
        }
    }
}
