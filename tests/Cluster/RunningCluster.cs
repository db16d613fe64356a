using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;
using VectorCluster.Client;
using VectorCluster.Client.Wire;
using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains;
using VectorCluster.Grains.Wire;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Postgres;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Cluster.Tests;

/// <summary>Silos in this process over one store, and a client of them. What they send each other goes through Orleans'
/// serializer.</summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    private readonly Func<Task> _closeStores;

    private RunningCluster(InProcessTestCluster silos, Func<Task> closeStores)
    {
        (Silos, _closeStores) = (silos, closeStores);
        Database = silos.Client.ServiceProvider.GetRequiredService<IVectorDatabase>();
    }

    public InProcessTestCluster Silos { get; }

    /// <summary>Through the Orleans client.</summary>
    public IVectorDatabase Database { get; }

    /// <summary>As each silo's own HTTP API would see it.</summary>
    public IReadOnlyList<IVectorDatabase> OfEachSilo =>
        [.. Silos.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<ClusterDatabase>())];

    /// <summary>Over files, which the silos share as objects of this process.</summary>
    /// <param name="through">Stands between the silos and the store of the shards.</param>
    public static async Task<RunningCluster> OverFilesAsync(
        short silos = 2, Func<IShardStore, IShardStore>? through = null)
    {
        var directory = Directory.CreateTempSubdirectory("vectorcluster-").FullName;
        var data = DataDirectory.Open(directory);
        var catalogue = new FileCatalogueStore(data);
        var shards = new FileShardStore(data);
        return await StartAsync(silos, () => (catalogue, through?.Invoke(shards) ?? shards), async () =>
        {
            await shards.DisposeAsync();
            catalogue.Dispose();
            data.Dispose();
            Directory.Delete(directory, recursive: true);
        });
    }

    /// <summary>Over PostgreSQL, to which every silo has connections of its own.</summary>
    /// <param name="through">Stands between each silo and its store of the shards.</param>
    public static async Task<RunningCluster> OverPostgresAsync(
        short silos = 2, Func<IShardStore, IShardStore>? through = null)
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync(migrate => PostgresDatabase.MigrateAsync(migrate));
        var opened = new List<PostgresDatabase>();
        for (var i = 0; i <= silos; i++) // one to spare, for a silo that is started later
            opened.Add(await PostgresDatabase.OpenAsync(new() { ConnectionString = database.ConnectionString }));
        var next = 0;
        return await StartAsync(
            silos,
            () =>
            {
                var own = opened[Interlocked.Increment(ref next) - 1];
                return (own.Catalogue, through?.Invoke(own.Shards) ?? own.Shards);
            },
            async () =>
            {
                foreach (var own in opened) await own.DisposeAsync();
                await database.DisposeAsync();
            });
    }

    public async ValueTask DisposeAsync()
    {
        await Silos.DisposeAsync();
        await _closeStores();
    }

    private static async Task<RunningCluster> StartAsync(
        short silos, Func<(ICatalogueStore Catalogue, IShardStore Shards)> storesOfNext, Func<Task> closeStores)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) =>
        {
            var (catalogue, shards) = storesOfNext();
            silo.AddVectorCluster(catalogue, shards, searchThreads: 2);
            silo.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                // A killed silo is to be noticed within a test's patience.
                options.ProbeTimeout = TimeSpan.FromSeconds(1);
                options.TableRefreshTimeout = TimeSpan.FromSeconds(2);
                options.NumMissedProbesLimit = 2;
                options.NumVotesForDeathDeclaration = 1;
            });
        });
        builder.ConfigureClient(client =>
        {
            client.AddVectorCluster();
            client.Services.AddWireFormats(ShardFormats.All); // in this process it sees the silos' interfaces too
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new(cluster, closeStores);
    }
}
