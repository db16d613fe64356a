using System.Net;
using VectorCluster.Storage.Postgres;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Cluster.Tests.Processes;

/// <summary>Processes that are a silo alone, or the HTTP API alone.</summary>
public sealed class RoleTests : IDisposable
{
    private const int Points = 100;

    private readonly string _keys = Path.GetTempFileName();

    public void Dispose() => File.Delete(_keys);

    // Goal: either role can be turned off, and an encrypted database is served. Method: a silo without the API, over
    // PostgreSQL with keys, and an API without a silo, which finds the silo through the database.
    [Fact]
    public async Task Silo_and_API_serve_together_from_two_processes_with_keys()
    {
        var server = await PostgresServer.SharedAsync();
        await using var database = await server.CreateDatabaseAsync(text => PostgresDatabase.MigrateAsync(text));
        await File.WriteAllTextAsync(_keys, $"1:{Convert.ToBase64String(new byte[32])}");
        (string, string)[] settings = [("Postgres", database.ConnectionString), ("AdvertisedIP", "127.0.0.1")];
        await using var silo = await SiloProcess.StartAsync(
            [.. settings, ("Api", "false"), ("EncryptionKeysFile", _keys)]);
        await using var api = await SiloProcess.StartAsync([.. settings, ("Silo", "false"), ("Telemetry__Otlp", "true")]);

        await api.Http.CreateCollectionAsync("c", CollectionSettings.ForVector(1, DistanceMetric.Euclidean, 2));
        await api.Http.UpsertAsync(new()
        {
            Collection = "c",
            Points = [.. Enumerable.Range(0, Points).Select(i => new Point((ulong)i, new float[] { i }))],
        });

        Assert.Equal(Points, await api.Http.CountAsync(new() { Collection = "c" }));
        Assert.Equal(2, (await api.Http.Cluster.ListShardsAsync("c")).Count);
        var only = Assert.Single((await api.Http.Cluster.GetClusterAsync()).Silos);
        Assert.Equal($"127.0.0.1:{silo.SiloPort}", only.Name);
        var refusal = await SiloProcess.RunAsync([.. settings, ("SiloPort", "1")]); // without the keys
        Assert.Equal(2, refusal.ExitCode);
        Assert.Contains("key", refusal.Error, StringComparison.Ordinal);
        Assert.Equal(0, await api.TerminateAsync());
        Assert.Equal(0, await silo.TerminateAsync());
    }

    [Fact]
    public async Task Dashboard_is_served_where_it_is_wanted()
    {
        var directory = Directory.CreateTempSubdirectory("vectorcluster-").FullName;
        try
        {
            await using var silo = await SiloProcess.StartAsync(("DataDirectory", directory), ("Dashboard", "true"));
            using var http = new HttpClient { BaseAddress = silo.Address };
            using var page = await http.GetAsync(new Uri("dashboard/", UriKind.Relative));

            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task A_process_without_a_role_is_refused()
    {
        var (exitCode, error) = await SiloProcess.RunAsync(("Silo", "false"), ("Api", "false"));

        Assert.Equal(2, exitCode);
        Assert.Contains("VectorCluster:Api", error, StringComparison.Ordinal);
    }
}
