using VectorCluster.Storage;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Embedded.Tests.Postgres;

public sealed class ColdNamespaceTests
{
    private const string Collection = "tenants";
    private const int Points = 1_000;
    private const int Dimension = 100;

    // Goal: a namespace that is not in memory costs three round trips: its map, its shard with the manifest, its pages.
    // Method: a proxy counts them; another namespace has warmed the server up.
    [OwnPostgresFact]
    public async Task A_query_of_a_namespace_that_is_not_in_memory_takes_three_round_trips()
    {
        await using var server = await ThrowAwayPostgres.CreateAsync();
        await using (var database = await OpenAsync(server.ConnectionString()))
        {
            await database.CreateCollectionAsync(
                Collection, CollectionSettings.ForVector(Dimension, DistanceMetric.Cosine));
            foreach (var name in (string[])["warm", "cold"])
                await database.UpsertAsync(new() { Collection = Collection, Namespace = name, Points = MakePoints() });
        }

        await using var proxy = TcpProxy.Start(server.SocketEndPoint);
        await using var opened = await OpenAsync(server.ConnectionString(tcpPort: proxy.Port));
        await SearchAsync(opened, "warm");
        var before = proxy.RoundTrips;
        await SearchAsync(opened, "cold");

        Assert.Equal(3, proxy.RoundTrips - before);
        await SearchAsync(opened, "cold");
        Assert.Equal(3, proxy.RoundTrips - before);
    }

    // Goal: no call keeps a connection while it waits for another one, which many calls would all do for ever. Method:
    // more calls that list namespaces at once than there are connections.
    [Fact]
    public async Task Namespaces_are_listed_by_more_calls_than_there_are_connections()
    {
        await using var stored = await StoredDatabase.CreateAsync();
        await using (var database = await stored.OpenAsync())
        {
            await database.CreateCollectionAsync(
                Collection, CollectionSettings.ForVector(2, DistanceMetric.Euclidean));
            for (var i = 0; i < 50; i++)
                await database.UpsertAsync(new()
                {
                    Collection = Collection,
                    Namespace = $"n{i}",
                    Points = [new(1, new float[] { 1, 2 })],
                });
        }

        await using var small = await stored.OpenAsync(connections: 4);
        var calls = Enumerable.Range(0, 16).Select(_ => Task.Run(() => small.GetCollectionAsync(Collection)));

        Assert.All(await Task.WhenAll(calls), info => Assert.Equal(50, info.NamespaceCount));
    }

    private static async Task<VectorDatabase> OpenAsync(string connectionString) => await VectorDatabase.OpenAsync(
        await DatabaseStores.OpenPostgresAsync(new() { ConnectionString = connectionString }));

    private static async Task SearchAsync(VectorDatabase database, string name)
    {
        var found = await database.SearchAsync(new()
        {
            Collection = Collection,
            Namespace = name,
            Query = new NearestQuery(new float[Dimension].Select((_, i) => i + 1f).ToArray()),
            Limit = 10,
        });
        Assert.Equal(10, found.Hits.Count);
    }

    private static List<Point> MakePoints()
    {
        var random = new Random(3);
        return
        [
            .. Enumerable.Range(0, Points).Select(id => new Point(
                (PointId)(ulong)id,
                Enumerable.Range(0, Dimension).Select(_ => (float)random.NextDouble()).ToArray(),
                Payload.From(new { number = id }))),
        ];
    }
}
