using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.TestingHost;
using VectorCluster.Client;
using VectorCluster.Client.Wire;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains;
using VectorCluster.Grains.Balancing;
using VectorCluster.Grains.Wire;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Postgres;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Cluster.Tests;

/// <summary>Silos in this process over one store, and a client of them. What they send each other goes through Orleans'
/// serializer.</summary>
internal sealed class RunningCluster : IAsyncDisposable
{
    /// <summary>Silos that can be started later.</summary>
    private const int Spare = 3;

    private readonly Func<Task> _closeStores;

    private RunningCluster(InProcessTestCluster silos, Func<Task> closeStores)
    {
        (Silos, _closeStores) = (silos, closeStores);
        Database = silos.Client.ServiceProvider.GetRequiredService<IVectorDatabase>();
    }

    /// <summary>As the defaults, but nothing takes long.</summary>
    public static VectorClusterOptions Quick { get; } = new()
    {
        SearchThreads = 2,
        ReportEvery = TimeSpan.FromMilliseconds(100),
        MovePause = TimeSpan.Zero,
        ReadLease = TimeSpan.FromSeconds(2), // over files too: the silos share them
    };

    public InProcessTestCluster Silos { get; }

    /// <summary>Through the Orleans client.</summary>
    public IVectorDatabase Database { get; }

    /// <summary>As each silo's own HTTP API would see it.</summary>
    public IReadOnlyList<IVectorDatabase> OfEachSilo =>
        [.. Silos.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<ClusterDatabase>())];

    /// <summary>As an operator sees it.</summary>
    public ICluster Cluster => Silos.Silos[0].ServiceProvider.GetRequiredService<ICluster>();

    /// <summary>Over files, which the silos share as objects of this process.</summary>
    /// <param name="through">Stands between the silos and the store of the shards.</param>
    /// <param name="options">Null: the defaults, but with reports in quick succession.</param>
    public static async Task<RunningCluster> OverFilesAsync(
        short silos = 2, Func<IShardStore, IShardStore>? through = null, VectorClusterOptions? options = null)
    {
        var directory = Directory.CreateTempSubdirectory("vectorcluster-").FullName;
        var data = DataDirectory.Open(directory);
        var catalogue = new FileCatalogueStore(data);
        var shards = new FileShardStore(data);
        void Configure(ISiloBuilder silo)
        {
            silo.AddVectorCluster(catalogue, through?.Invoke(shards) ?? shards, options ?? Quick);
            silo.AddMemoryGrainStorage(BalancerGrain.Storage);
        }

        return await StartAsync(silos, Configure, async () =>
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
        short silos = 2, Func<IShardStore, IShardStore>? through = null, VectorClusterOptions? options = null)
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync(migrate => PostgresDatabase.MigrateAsync(migrate));
        var opened = new List<PostgresDatabase>();
        for (var i = 0; i < silos + Spare; i++)
            opened.Add(await PostgresDatabase.OpenAsync(new() { ConnectionString = database.ConnectionString }));
        var next = 0;
        void Configure(ISiloBuilder silo)
        {
            var own = opened[Interlocked.Increment(ref next) - 1];
            silo.AddVectorCluster(own.Catalogue, through?.Invoke(own.Shards) ?? own.Shards, options ?? Quick);
            silo.AddAdoNetGrainStorage(BalancerGrain.Storage, storage =>
            {
                storage.GrainStorageSerializer = new GrainStateJson();
                storage.Invariant = "Npgsql";
                storage.ConnectionString = PostgresDatabase.ForOrleans(database.ConnectionString);
            });
        }

        return await StartAsync(
            silos,
            Configure,
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
        short silos, Action<ISiloBuilder> configure, Func<Task> closeStores)
    {
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((_, silo) =>
        {
            configure(silo);
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
