using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using VectorCluster.Client.Wire;
using VectorCluster.Coordinator;
using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains.Balancing;
using VectorCluster.Grains.Catalogue;
using VectorCluster.Grains.Loads;
using VectorCluster.Grains.Placement;
using VectorCluster.Grains.Shards;
using VectorCluster.Grains.Telemetry;
using VectorCluster.Grains.Wire;
using CollectionCatalogue = VectorCluster.Coordinator.Catalogue.Catalogue;

namespace VectorCluster.Grains;

/// <summary>Makes an Orleans silo a VectorCluster silo.</summary>
public static class SiloBuilderExtensions
{
    /// <summary>Closing a shard includes a checkpoint, which may be large, and the calls that were running.</summary>
    private static readonly TimeSpan DeactivationTimeout = TimeSpan.FromMinutes(5);

    /// <summary>How often Orleans looks for idle activations, at most.</summary>
    private static readonly TimeSpan MaxLookForIdle = TimeSpan.FromMinutes(1);

    /// <summary>Silos that a call may be sent on to: shards that move soon after one another leave a trail.</summary>
    private const int MaxForwards = 16;

    /// <summary>Registers the grains' services and <see cref="ClusterDatabase"/>.</summary>
    /// <param name="catalogue">The same for all silos of the cluster, like <paramref name="shards"/>. Both are the
    /// caller's, to be closed after the silo.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <remarks>Besides, the silo needs grain storage named <see cref="BalancerGrain.Storage"/>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static ISiloBuilder AddVectorCluster(
        this ISiloBuilder silo,
        ICatalogueStore catalogue,
        IShardStore shards,
        VectorClusterOptions? options = null)
    {
        options = (options ?? new()).Validate();
        silo.Services.AddSingleton(options);
        silo.Services.AddWireFormats([.. ContractFormats.All, .. ShardFormats.All]);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton(_ => new EngineThreads(options.SearchThreads));
        silo.Services.AddSingleton(services => CatalogueOf(services, catalogue));
        silo.Services.AddSingleton(services => new SiloShards(
            shards,
            services.GetRequiredService<CollectionCatalogue>(),
            services.GetRequiredService<EngineThreads>(),
            new ShardOptions { ReadLease = options.ReadLease },
            options,
            services.GetRequiredService<TimeProvider>()));
        silo.Services.AddSingleton<CatalogueNews>();
        silo.Services.AddSingleton<GrainShards>();
        silo.Services.AddSingleton(services => new DatabaseCoordinator(
            services.GetRequiredService<CollectionCatalogue>(),
            services.GetRequiredService<GrainShards>(),
            services.GetRequiredService<TimeProvider>()));
        silo.Services.AddSingleton<ClusterDatabase>();
        silo.Services.AddSingleton<SiloServices>();
        silo.Services.AddSingleton<SiloLoads>();
        silo.Services.AddSingleton<ShardMover>();
        silo.Services.AddSingleton<SiloDrain>();
        silo.Services.AddMetrics();
        silo.Services.AddSingleton<SiloMeter>();
        silo.Services.TryAddSingleton<ICluster, GrainCluster>();
        silo.Services.AddPlacementDirector<ShardPlacement, ShardPlacementDirector>();
        UseDirectory(silo);
        silo.AddGrainService<CatalogueNewsService>();
        silo.AddGrainService<SiloService>();
        silo.AddStartupTask((services, stopping) =>
        {
            services.GetRequiredService<SiloMeter>();
            MoveMeter.Publish();
            return services.GetRequiredService<ClusterDatabase>().RecoverAsync(stopping);
        });
        silo.Configure<GrainCollectionOptions>(collection =>
        {
            (collection.CollectionAge, collection.DeactivationTimeout) = (options.IdleAfter, DeactivationTimeout);
            var look = options.IdleAfter / 4;
            collection.CollectionQuantum = look < MaxLookForIdle ? look : MaxLookForIdle;
        });
        silo.Configure<SiloMessagingOptions>(messaging =>
            (messaging.MaxForwardCount, messaging.MaxMessageBodySize) = (MaxForwards, WireLimits.MaxBodyBytes));
        return silo;
    }

    /// <summary>Where Orleans keeps which silo has which grain: spread over the silos, and handed over when one joins
    /// or leaves.</summary>
    /// <remarks>Its older directory forgets what lay on a silo that leaves, and ends those activations on all others: a
    /// part of the shards would be closed and loaded anew because some other silo was stopped.</remarks>
    private static void UseDirectory(ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP003 // what is experimental is this one call
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003

        // Two activations of a shard do no harm: its epoch and read leases see to that. So nobody waits after a crash.
        // Not every Orleans 10 has this option, and a binder passes over what it does not find.
        var noLease = new Dictionary<string, string?> { ["RangeLeaseDuration"] = "00:00:00" };
        var settings = new ConfigurationBuilder().AddInMemoryCollection(noLease).Build();
        silo.Configure<GrainDirectoryOptions>(directory => settings.Bind(directory));
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
