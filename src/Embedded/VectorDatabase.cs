using VectorCluster.Coordinator;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage;
using VectorCluster.Storage.Files;

namespace VectorCluster.Embedded;

/// <summary>The whole database in one process: in one directory, or over any other stores.</summary>
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
    private readonly IAsyncDisposable _stores;

    private VectorDatabase(DatabaseStores stores, LocalShards shards, EngineThreads threads, TimeProvider time)
        : base(stores.Catalogue, shards, time)
    {
        (_stores, _shards, _threads) = (stores.Owner, shards, threads);
        Cluster = new LocalCluster(shards, time);
    }

    /// <summary>This process, as an operator sees it.</summary>
    public ICluster Cluster { get; }

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
        CancellationToken cancellationToken = default) =>
        await OpenAsync(DatabaseStores.OpenFiles(directory), options, time, cancellationToken);

    /// <summary>Opens the database that stores hold. Shards load at their first use.</summary>
    /// <param name="stores">The database's from here on, also if it can't be opened.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="time">Null: the system's clock.</param>
    /// <exception cref="StoreUnavailableException">The store does not answer.</exception>
    public static async Task<VectorDatabase> OpenAsync(
        DatabaseStores stores,
        VectorDatabaseOptions? options = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new();
        time ??= TimeProvider.System;
        var threads = new EngineThreads(options.SearchThreads, options.BuildThreads);
        var shards = new LocalShards(stores.Shards, threads, options, time, stores.Catalogue);
        var database = new VectorDatabase(stores, shards, threads, time);
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

    /// <summary>Finishes what is under way, checkpoints what changed, and closes the stores.</summary>
    public async ValueTask DisposeAsync()
    {
        await _shards.DisposeAsync();
        _threads.Dispose();
        await _stores.DisposeAsync();
    }
}
