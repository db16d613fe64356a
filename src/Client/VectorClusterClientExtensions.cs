using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using VectorCluster.Client.Wire;

namespace VectorCluster.Client;

/// <summary>Registers <see cref="IVectorDatabase"/> over a cluster with an application's services.</summary>
public static class VectorClusterClientExtensions
{
    /// <summary>A silo that was declared dead is asked no more after this, at the latest.</summary>
    private static readonly TimeSpan GatewayListAge = TimeSpan.FromSeconds(5);

    /// <summary>For a connection to a silo; after that another one is tried.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Makes the Orleans client speak to VectorCluster, and registers it as
    /// <see cref="IVectorDatabase"/>.</summary>
    /// <example>
    /// <code>
    /// builder.UseOrleansClient(client => client.UseLocalhostClustering().AddVectorCluster());
    /// </code>
    /// </example>
    public static IClientBuilder AddVectorCluster(this IClientBuilder client)
    {
        client.Services.AddWireFormats(ContractFormats.All);
        client.Configure<ClientMessagingOptions>(options => options.MaxMessageBodySize = WireLimits.MaxBodyBytes);
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayListAge);
        client.Configure<ConnectionOptions>(options => options.OpenConnectionTimeout = ConnectTimeout);
        client.Services.TryAddSingleton<GatewayWatch>();
        client.Services.AddSingleton<GatewayCountChangedHandler>(
            services => services.GetRequiredService<GatewayWatch>().OnCountChanged);
        client.Services.TryAddSingleton<IVectorDatabase>(services => new VectorClusterClient(
            services.GetRequiredService<IClusterClient>(),
            services.GetRequiredService<GatewayWatch>(),
            TimeProvider.System));
        return client;
    }
}
