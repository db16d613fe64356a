using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VectorCluster.Client;
using VectorCluster.Client.Http;

namespace VectorCluster.Cluster.Bench;

/// <summary>Silos that run already, through the Orleans client and through the HTTP API of one of them.</summary>
internal sealed class ClusterConnection : IAsyncDisposable
{
    private readonly IHost _host;

    private ClusterConnection(IHost host, VectorClusterHttpClient http) => (_host, Http) = (host, http);

    public IVectorDatabase Orleans => _host.Services.GetRequiredService<IVectorDatabase>();

    public VectorClusterHttpClient Http { get; }

    public static async Task<ClusterConnection> OpenAsync(int[] gatewayPorts, int httpPort)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseLocalhostClustering(gatewayPorts, serviceId: "vectorcluster", clusterId: "vectorcluster")
            .AddVectorCluster());
        var host = builder.Build();
        await host.StartAsync();
        return new(host, VectorClusterHttpClient.Connect(new($"http://127.0.0.1:{httpPort}")));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.StopAsync();
        _host.Dispose();
    }
}
