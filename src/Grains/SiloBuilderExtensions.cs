using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using VectorCluster.Client.Wire;
using VectorCluster.Coordinator;
using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains.Catalogue;
using VectorCluster.Grains.Shards;
using VectorCluster.Grains.Wire;
using CollectionCatalogue = VectorCluster.Coordinator.Catalogue.Catalogue;

namespace VectorCluster.Grains;

/// <summary>Makes an Orleans silo a VectorCluster silo.</summary>
public static class SiloBuilderExtensions
{
    /// <summary>How long a shard stays in memory without being used.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(10);

    /// <summary>How long a silo may answer reads after the store confirmed that it owns a shard, and so how long the
    /// shard of a silo that died waits before it serves elsewhere. The same in all silos.</summary>
    private static readonly TimeSpan ReadLease = TimeSpan.FromSeconds(2);

    /// <summary>Registers the grains' services and <see cref="ClusterDatabase"/>.</summary>
    /// <param name="catalogue">The same for all silos of the cluster, like <paramref name="shards"/>. Both are the
    /// caller's, to be closed after the silo.</param>
    public static ISiloBuilder AddVectorCluster(
        this ISiloBuilder silo, ICatalogueStore catalogue, IShardStore shards, int searchThreads = 0)
    {
        silo.Services.AddWireFormats([.. ContractFormats.All, .. ShardFormats.All]);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton(_ => new EngineThreads(searchThreads));
        silo.Services.AddSingleton(services => CatalogueOf(services, catalogue));
        silo.Services.AddSingleton(services => new SiloShards(
            shards,
            services.GetRequiredService<CollectionCatalogue>(),
            services.GetRequiredService<EngineThreads>(),
            new ShardOptions { ReadLease = ReadLease },
            services.GetRequiredService<TimeProvider>()));
        silo.Services.AddSingleton<CatalogueNews>();
        silo.Services.AddSingleton<GrainShards>();
        silo.Services.AddSingleton(services => new DatabaseCoordinator(
            services.GetRequiredService<CollectionCatalogue>(),
            services.GetRequiredService<GrainShards>(),
            services.GetRequiredService<TimeProvider>()));
        silo.Services.AddSingleton<ClusterDatabase>();
        silo.AddGrainService<CatalogueNewsService>();
        silo.AddStartupTask((services, stopping) =>
            services.GetRequiredService<ClusterDatabase>().RecoverAsync(stopping));
        silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = IdleAfter);
        silo.Configure<SiloMessagingOptions>(options => options.MaxMessageBodySize = WireLimits.MaxBodyBytes);
        return silo;
    }

    /// <summary>A namespace that is written to while its deletion is unfinished is finished by the collection's grain,
    /// which nobody else interferes with.</summary>
    private static CollectionCatalogue CatalogueOf(IServiceProvider services, ICatalogueStore store) => new(
        store,
        (collection, name, token) => services.GetRequiredService<ClusterDatabase>()
            .FinishNamespaceDeletionAsync(collection, name, token),
        CatalogueNews.Lease,
        services.GetRequiredService<TimeProvider>());
}
