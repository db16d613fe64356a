using System.Net;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Serialization;
using VectorCluster.Grains;
using VectorCluster.Grains.Balancing;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Silo;

/// <summary>How silos find each other, and a process that is none finds them: through tables in the same PostgreSQL, or
/// else on this machine.</summary>
internal static class Membership
{
    private const string Invariant = "Npgsql";

    public static ISiloBuilder Join(ISiloBuilder silo, SiloSettings settings)
    {
        FailureDetection.Configure(silo);
        silo.Services.AddSingleton<IFatalErrorHandler, SiloEnd>();
        silo.AddActivityPropagation();
        if (settings.Postgres is not { } connectionString)
        {
            silo.UseLocalhostClustering(
                settings.SiloPort, settings.GatewayPort, serviceId: settings.ServiceId, clusterId: settings.ClusterId);
            return silo.AddMemoryGrainStorage(BalancerGrain.Storage); // there is nothing to balance
        }

        silo.Configure<ClusterOptions>(options => Name(options, settings));
        silo.Configure<EndpointOptions>(options =>
        {
            (options.SiloPort, options.GatewayPort) = (settings.SiloPort, settings.GatewayPort);
            if (settings.AdvertisedIP is { } address) options.AdvertisedIPAddress = IPAddress.Parse(address);
        });
        var forOrleans = PostgresDatabase.ForOrleans(connectionString);
        silo.UseAdoNetClustering(options =>
            (options.Invariant, options.ConnectionString) = (Invariant, forOrleans));

        // What fails at Orleans' own tables would else be told to callers as an exception without a codec.
        silo.Configure<ExceptionSerializationOptions>(options =>
            options.SupportedNamespacePrefixes.Add(nameof(Npgsql)));
        return silo.AddAdoNetGrainStorage(BalancerGrain.Storage, options =>
        {
            options.GrainStorageSerializer = new GrainStateJson();
            (options.Invariant, options.ConnectionString) = (Invariant, forOrleans);
        });
    }

    public static IClientBuilder Join(IClientBuilder client, SiloSettings settings)
    {
        client.AddActivityPropagation();
        if (settings.Postgres is not { } connectionString)
            return client.UseLocalhostClustering(
                settings.GatewayPort, serviceId: settings.ServiceId, clusterId: settings.ClusterId);
        client.Configure<ClusterOptions>(options => Name(options, settings));
        return client.UseAdoNetClustering(options =>
            (options.Invariant, options.ConnectionString) =
                (Invariant, PostgresDatabase.ForOrleans(connectionString)));
    }

    private static void Name(ClusterOptions options, SiloSettings settings) =>
        (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ServiceId);
}
