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
