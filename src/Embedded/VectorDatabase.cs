using VectorCluster.Coordinator;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;

namespace VectorCluster.Embedded;

/// <summary>The whole database in one process, in one directory.</summary>
/// <example>
/// <code>
/// await using var database = await VectorDatabase.OpenAsync("data");
/// await database.CreateCollectionAsync("words", CollectionSettings.ForVector(100, DistanceMetric.Cosine));
/// </code>
/// </example>
public sealed class VectorDatabase : DatabaseCoordinator, IAsyncDisposable
{
    private readonly LocalShards _shards;
    private readonly EngineThreads _threads;
    private readonly DataDirectory _directory;
    private readonly FileCatalogueStore _catalogueStore;
    private readonly FileShardStore _shardStore;

    private VectorDatabase(
        DataDirectory directory,
        FileCatalogueStore catalogueStore,
        FileShardStore shardStore,
        LocalShards shards,
        EngineThreads threads,
        TimeProvider time)
        : base(catalogueStore, shards, time)
    {
        (_directory, _catalogueStore, _shardStore) = (directory, catalogueStore, shardStore);
        (_shards, _threads) = (shards, threads);
    }

    /// <summary>Opens the database in a directory, which is made if it does not exist. Shards load at their first
    /// use.</summary>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="time">Null: the system's clock.</param>
    /// <exception cref="DataDirectoryException">Another process has it open, or it was written by a newer
    /// version.</exception>
    public static async Task<VectorDatabase> OpenAsync(
        string directory,
        VectorDatabaseOptions? options = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new();
        time ??= TimeProvider.System;
        var data = DataDirectory.Open(directory);
        var catalogueStore = new FileCatalogueStore(data);
        var shardStore = new FileShardStore(data);
        var threads = new EngineThreads(options.SearchThreads, options.BuildThreads);
        var shards = new LocalShards(shardStore, threads, options, time);
        var database = new VectorDatabase(data, catalogueStore, shardStore, shards, threads, time);
        try
        {
            await database.RecoverAsync(cancellationToken);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Finishes what is under way, checkpoints what changed, and lets go of the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        await _shards.DisposeAsync();
        _threads.Dispose();
        await _shardStore.DisposeAsync();
        _catalogueStore.Dispose();
        _directory.Dispose();
    }
}
