using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Orleans.Configuration;
using Orleans.Runtime;
using VectorCluster.Api;
using VectorCluster.Grains;
using VectorCluster.Grains.Balancing;
using VectorCluster.Storage;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Silo;

/// <summary>One process: an Orleans silo and the HTTP API.</summary>
/// <remarks>The API listens once the silo is a member of its cluster. Stopping goes from the outside in: no new
/// connections, running requests finish, the silo checkpoints its shards and leaves. Before all that it hands its
/// shards to the others (<see cref="DrainBeforeStop"/>).</remarks>
internal static class SiloHost
{
    /// <summary>What stopping may take after the silo has drained.</summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromMinutes(2);

    public static WebApplication Build(WebApplicationBuilder builder, SiloSettings settings, DatabaseStores stores)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, settings));
        builder.Host.UseOrleans((_, silo) =>
        {
            UseCluster(silo, settings);
            FailureDetection.Configure(silo);
            silo.Services.AddSingleton<IFatalErrorHandler, SiloEnd>();
            silo.AddVectorCluster(stores.Catalogue, stores.Shards, settings.ClusterOptions);
        });
        builder.Services.AddSingleton(settings);
        builder.Services.AddHostedService<DrainBeforeStop>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.DrainTimeout + ClosingTime);
        builder.Services.AddSingleton<IVectorDatabase>(
            services => services.GetRequiredService<ClusterDatabase>());
        builder.Services.AddVectorClusterApi();
        var app = builder.Build();
        app.MapVectorClusterApi();
        return app;
    }

    private static void UseCluster(ISiloBuilder silo, SiloSettings settings)
    {
        if (settings.Postgres is not { } connectionString)
        {
            silo.UseLocalhostClustering(
                settings.SiloPort, settings.GatewayPort, serviceId: settings.ServiceId, clusterId: settings.ClusterId);
            silo.AddMemoryGrainStorage(BalancerGrain.Storage); // there is nothing to balance
            return;
        }

        silo.Configure<ClusterOptions>(options =>
            (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ServiceId));
        silo.Configure<EndpointOptions>(options =>
        {
            (options.SiloPort, options.GatewayPort) = (settings.SiloPort, settings.GatewayPort);
            if (settings.AdvertisedIP is { } address) options.AdvertisedIPAddress = IPAddress.Parse(address);
        });
        silo.UseAdoNetClustering(options =>
        {
            options.Invariant = "Npgsql";
            options.ConnectionString = PostgresDatabase.ForOrleans(connectionString);
        });
        silo.AddAdoNetGrainStorage(BalancerGrain.Storage, options =>
        {
            options.GrainStorageSerializer = new GrainStateJson();
            options.Invariant = "Npgsql";
            options.ConnectionString = PostgresDatabase.ForOrleans(connectionString);
        });
    }

    private static void Listen(KestrelServerOptions kestrel, SiloSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(IPAddress.Parse(settings.HttpAddress), settings.HttpPort);
    }
}
