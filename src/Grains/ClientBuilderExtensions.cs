using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using VectorCluster.Client;
using VectorCluster.Client.Wire;
using VectorCluster.Grains.Wire;

namespace VectorCluster.Grains;

/// <summary>For clients that serve operators too, such as a process with the HTTP API alone.</summary>
public static class ClientBuilderExtensions
{
    /// <summary>As <see cref="VectorClusterClientExtensions.AddVectorCluster"/>, and registers
    /// <see cref="ICluster"/>.</summary>
    public static IClientBuilder AddVectorClusterOperator(this IClientBuilder client)
    {
        client.AddVectorCluster();
        client.Services.AddWireFormats(ShardFormats.All);
        client.Services.TryAddSingleton<ICluster, GrainCluster>();
        return client;
    }
}
