using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans;
using Orleans.Hosting;
using VectorCluster.Client.Wire;

namespace VectorCluster.Client;

/// <summary>Registers <see cref="IVectorDatabase"/> over a cluster with an application's services.</summary>
public static class VectorClusterClientExtensions
{
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
        client.Services.TryAddSingleton<IVectorDatabase>(
            services => new VectorClusterClient(services.GetRequiredService<IClusterClient>()));
        return client;
    }
}
