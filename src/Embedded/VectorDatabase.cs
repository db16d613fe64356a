using VectorCluster.Coordinator;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;

namespace VectorCluster.Embedded;

/// <summary>The whole database in one process, in one directory.</summary>
public sealed class VectorDatabase : IVectorDatabase, IAsyncDisposable
{
    private readonly DatabaseCoordinator _coordinator;
    private readonly LocalShards _shards;
    private readonly EngineThreads _threads;
    private readonly IAsyncDisposable _stores;

    private VectorDatabase(DatabaseCoordinator coordinator, LocalShards shards, EngineThreads threads, IAsyncDisposable stores) =>
        (_coordinator, _shards, _threads, _stores) = (coordinator, shards, threads, stores);
}
