using System.Collections.Concurrent;

namespace VectorCluster.Storage.Files;

/// <summary>Lets one call at a time into each shard, and forgets shards that nobody owns: those cost nothing.</summary>
internal sealed class ShardTurns(DataDirectory directory)
{
    private readonly ConcurrentDictionary<ShardId, ShardFolder> _folders = new();
    private volatile bool _closed;

    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public async ValueTask<ShardTurn> EnterAsync(ShardId shard, CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(FileShardStore));
            var folder = _folders.GetOrAdd(shard, static (id, root) => new ShardFolder(root, id), directory);
            await folder.Turn.WaitAsync(cancellationToken);
            if (!folder.IsRetired) return new(this, shard, folder);
            folder.Turn.Release();
        }
    }

    /// <summary>Waits for the calls that run, closes every shard, and lets nobody in afterwards.</summary>
    public async ValueTask CloseAsync()
    {
        _closed = true;
        foreach (var (shard, folder) in _folders)
        {
            await folder.Turn.WaitAsync();
            if (!folder.IsRetired) folder.Close();
            Leave(shard, folder);
        }
    }

    public void Leave(ShardId shard, ShardFolder folder)
    {
        if (!folder.IsOpen)
        {
            folder.IsRetired = true;
            _folders.TryRemove(new(shard, folder));
        }

        folder.Turn.Release();
    }
}

/// <summary>The right to use a shard's folder, until disposed.</summary>
internal readonly record struct ShardTurn(ShardTurns Turns, ShardId Shard, ShardFolder Folder) : IDisposable
{
    public void Dispose() => Turns.Leave(Shard, Folder);
}
