using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using VectorCluster;
using VectorCluster.Client;

var gateway = args.Length > 0 ? int.Parse(args[0]) : 30_000;
using var host = Host.CreateDefaultBuilder(args)
    .UseOrleansClient(client => client
        .UseLocalhostClustering(gateway, serviceId: "vectorcluster", clusterId: "vectorcluster").AddVectorCluster())
    .Build();
await host.StartAsync();
var database = host.Services.GetRequiredService<IVectorDatabase>();
await database.CreateCollectionAsync("drinks", CollectionSettings.ForVector(4, DistanceMetric.Cosine, shardCount: 2));
await database.UpsertAsync(new()
{
    Collection = "drinks",
    Points = [new(1, new[] { 0.9f, 0.1f, 0.1f, 0.2f }), new(2, new[] { 0.1f, 0.8f, 0.3f, 0.1f })],
});
var query = new NearestQuery(new[] { 1f, 0f, 0f, 0f });
var found = await database.SearchAsync(new() { Collection = "drinks", Query = query });
foreach (var hit in found.Hits) Console.WriteLine($"{hit.Id} at distance {hit.Distance}");
await host.StopAsync();
