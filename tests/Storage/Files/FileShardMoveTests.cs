using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Files;

/// <summary>Moves within one process, which is all that files allow.</summary>
public sealed class FileShardMoveTests : ShardMoveContract
{
    private readonly TempFolder _folder = new();
    private OpenStore _store = null!; // set by OpenAsync

    protected override ValueTask<(IShardStore First, IShardStore Second)> OpenAsync()
    {
        _store = new(_folder.Path);
        return new((_store.Shards, _store.Shards));
    }

    protected override async ValueTask CloseAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
