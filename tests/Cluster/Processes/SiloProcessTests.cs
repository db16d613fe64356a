using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Hosting;
using VectorCluster.Client;
using VectorCluster.Client.Wire;
using VectorCluster.Grains.Wire;
using VectorCluster.Storage.Postgres;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Cluster.Tests.Processes;

public sealed class SiloProcessTests
{
    private const int Points = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Goal: two processes form a cluster through the membership tables, and one of them can die. Method: write through
    // the HTTP API of one, read through that of the other and through an Orleans client, kill -9 one, read everything
    // through the other once it has noticed.
    [Fact]
    public async Task Two_silos_on_one_database_are_one_cluster_and_one_of_them_may_die()
    {
        var server = await PostgresServer.SharedAsync();
        await using var database = await server.CreateDatabaseAsync(text => PostgresDatabase.MigrateAsync(text));
        (string, string)[] settings = [("Postgres", database.ConnectionString), ("AdvertisedIP", "127.0.0.1")];
        await using var first = await SiloProcess.StartAsync(settings);
        await using var second = await SiloProcess.StartAsync(settings);
        await first.Http.CreateCollectionAsync("c", CollectionSettings.ForVector(2, DistanceMetric.Euclidean, 8));
        var ids = Enumerable.Range(0, Points).Select(i => PointId.FromNumber((ulong)i)).ToList();
        await first.Http.UpsertAsync(new()
        {
            Collection = "c",
            Points = [.. ids.Select(id => new Point(id, new float[] { (float)id.Bits, 1 }))],
        });

        Assert.Equal(Points, await second.Http.CountAsync(new() { Collection = "c" }));
        using var client = await ConnectAsync(second.GatewayPort);
        var found = await client.Services.GetRequiredService<IVectorDatabase>().SearchAsync(new()
        {
            Collection = "c",
            Query = new NearestQuery(new float[] { 7, 1 }),
            Limit = 3,
        });
        Assert.Equal([7UL, 6UL, 8UL], found.Hits.Select(hit => (ulong)hit.Id.Bits));

        await first.KillAsync();
        Assert.Equal(Points, (await EventuallyAsync(() =>
            second.Http.GetPointsAsync(new() { Collection = "c", Ids = ids }))).Count);
        Assert.Equal(0, await second.TerminateAsync());
    }

    [Fact]
    public async Task Silo_without_PostgreSQL_keeps_its_data_in_a_directory()
    {
        var directory = Directory.CreateTempSubdirectory("vectorcluster-").FullName;
        try
        {
            for (var start = 0; start < 2; start++)
            {
                await using var silo = await SiloProcess.StartAsync(("DataDirectory", directory));
                if (start == 0)
                {
                    await silo.Http.CreateCollectionAsync("c", CollectionSettings.ForVector(1, DistanceMetric.Dot));
                    await silo.Http.UpsertAsync(new() { Collection = "c", Points = [new(1, new float[] { 1 })] });
                }

                Assert.Equal(1, await silo.Http.CountAsync(new() { Collection = "c" }));
                Assert.Equal(0, await silo.TerminateAsync());
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // Goal: a silo that is told to end hands its shards over first, and nobody notices. Method: two silos, writers and
    // readers through the first, a shard moved to the second so that it has one, SIGTERM to the second; the first
    // serves all shards from memory then.
    [Fact]
    public async Task Silo_that_is_told_to_end_hands_its_shards_over_without_a_failed_call()
    {
        var server = await PostgresServer.SharedAsync();
        await using var database = await server.CreateDatabaseAsync(text => PostgresDatabase.MigrateAsync(text));
        (string, string)[] settings = [("Postgres", database.ConnectionString), ("AdvertisedIP", "127.0.0.1")];
        await using var first = await SiloProcess.StartAsync(settings);
        await using var second = await SiloProcess.StartAsync(settings);
        await Eventually.IsAsync(() => first.Http.Cluster.GetClusterAsync(), cluster => cluster.Silos.Count == 2);
        await first.Http.CreateCollectionAsync("c", CollectionSettings.ForVector(2, DistanceMetric.Euclidean, 16));
        await using var traffic = new Traffic([first.Http], "c", writers: 2, searchers: 1);
        await Eventually.IsAsync(() => Task.FromResult(traffic.Calls), calls => calls > 100);
        await first.Http.Cluster.MoveShardAsync(new("c", "", 0), $"127.0.0.1:{second.SiloPort}");

        Assert.Equal(0, await second.TerminateAsync());

        Assert.DoesNotContain("could not be handed over", second.Output, StringComparison.Ordinal);
        Assert.Matches("Handed [1-9][0-9]* shards over", second.Output);
        await traffic.StopAndCheckAsync(first.Http);
        Assert.Equal(0, await first.TerminateAsync());
    }

    [Theory]
    [InlineData("HttpPort", "70000")]
    [InlineData("HttpPort", "many")]
    [InlineData("SiloPort", "0")]
    [InlineData("GatewayPort", "11111")]
    [InlineData("HttpAddress", "here")]
    [InlineData("AdvertisedIP", "127.0.0.1")]
    [InlineData("ClusterId", " ")]
    [InlineData("Postgres", "Host")]
    [InlineData("Postgres", "Database=x")]
    [InlineData("HtpPort", "1")]
    [InlineData("MemoryBudgetBytes", "1000")]
    [InlineData("SearchThreads", "-1")]
    [InlineData("EncryptionKeysFile", "keys")]
    [InlineData("Silo", "perhaps")]
    [InlineData("IdleAfter", "00:00:01")]
    [InlineData("DrainTimeout", "-00:00:01")]
    public async Task Wrong_setting_is_named(string key, string value)
    {
        var (exitCode, error) = await SiloProcess.RunAsync((key, value));

        Assert.Equal(2, exitCode);
        Assert.Contains($"VectorCluster:{key}", error, StringComparison.Ordinal);
    }

    private static async Task<IHost> ConnectAsync(int gatewayPort)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gatewayPort));
            client.Configure<Orleans.Configuration.ClusterOptions>(options =>
                (options.ClusterId, options.ServiceId) = ("vectorcluster", "vectorcluster"));
            client.AddVectorCluster();
            client.Services.AddWireFormats(ShardFormats.All); // in this process it sees the silos' interfaces too
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> call)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return await call();
            }
            catch (VectorDatabaseException failure)
                when (failure.IsRetrySafe && TimeProvider.System.GetElapsedTime(from) < Patience)
            {
                await Task.Delay(Pause, TimeProvider.System);
            }
        }
    }
}
