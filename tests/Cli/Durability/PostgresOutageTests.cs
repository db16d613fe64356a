using System.Net;
using System.Text;
using VectorCluster.Client.Http;
using VectorCluster.Tests.Postgres;
using Xunit.Abstractions;

namespace VectorCluster.Cli.Tests;

/// <summary>A server on PostgreSQL while either is killed, or the way between them breaks: real processes, real
/// sockets, writing clients.</summary>
public sealed class PostgresOutageTests(ITestOutputHelper output)
{
    private const int Kills = 20;
    private const int Cuts = 40;

    // Goal: acknowledged = present, unknown = present or absent as a whole, rejected = absent; reads go on, and writes
    // resume by themselves. Method: kill -9 of all of PostgreSQL's processes at random moments under writing clients.
    [OwnPostgresFact]
    public async Task Twenty_kills_of_PostgreSQL_lose_nothing_and_the_server_goes_on_by_itself()
    {
        var random = Seed();
        await using var postgres = await ThrowAwayPostgres.CreateAsync();
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartOnPostgresAsync(folder, postgres.ConnectionString());
        await BatchWriters.CreateCollectionAsync(server.Client);
        await using var writers = new BatchWriters(() => server.Client);
        for (var kill = 1; kill <= Kills; kill++)
        {
            await writers.WaitForAsync(random.Next(1, 100));
            await postgres.KillAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200)), TimeProvider.System);
            Assert.True(await server.Client.CountAsync(new() { Collection = BatchWriters.Collection }) > 0);
            await postgres.StartAsync();
            await writers.WaitForAsync(1);
            output.WriteLine($"kill {kill}: {await writers.AssertStoredAsync(server.Client)}");
        }

        await writers.StopAsync();
        Assert.False(server.Process.HasExited);
        output.WriteLine(await writers.AssertStoredAsync(server.Client));
        await server.KillAsync();
        await using var again = await ServerProcess.StartOnPostgresAsync(folder, postgres.ConnectionString());
        output.WriteLine("loaded anew: " + await writers.AssertStoredAsync(again.Client));
    }

    [OwnPostgresFact]
    public async Task Twenty_kills_of_the_server_lose_nothing_that_was_acknowledged()
    {
        var random = Seed();
        await using var postgres = await ThrowAwayPostgres.CreateAsync();
        using var folder = new TemporaryFolder();
        var server = await ServerProcess.StartOnPostgresAsync(folder, postgres.ConnectionString());
        await BatchWriters.CreateCollectionAsync(server.Client);
        await using (var writers = new BatchWriters(() => server.Client))
        {
            for (var kill = 1; kill <= Kills; kill++)
            {
                await writers.WaitForAsync(random.Next(1, 200));
                await server.KillAsync();
                var killed = server;
                server = await ServerProcess.StartOnPostgresAsync(
                    folder, postgres.ConnectionString(), killed.Address.Port);
                await killed.DisposeAsync();
                output.WriteLine($"kill {kill}: {await writers.AssertStoredAsync(server.Client)}");
            }

            await writers.StopAsync();
            output.WriteLine(await writers.AssertStoredAsync(server.Client));
        }

        await server.DisposeAsync();
    }

    // Goal: a connection that breaks in the middle of a statement leaves it done or not done. Method: a proxy that cuts
    // the connection that carries some random byte, either way, and now and then all of them.
    [OwnPostgresFact]
    public async Task Connections_cut_in_the_middle_of_statements_lose_nothing()
    {
        var random = Seed();
        await using var postgres = await ThrowAwayPostgres.CreateAsync();
        await using var proxy = TcpProxy.Start(postgres.SocketEndPoint);
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartOnPostgresAsync(
            folder, postgres.ConnectionString(tcpPort: proxy.Port));
        await BatchWriters.CreateCollectionAsync(server.Client);
        await using var writers = new BatchWriters(() => server.Client);
        for (var cut = 1; cut <= Cuts; cut++)
        {
            await writers.WaitForAsync(random.Next(1, 30));
            var direction = random.Next(2) == 0 ? ProxyDirection.ToServer : ProxyDirection.ToClient;
            if (cut % 5 == 0) proxy.CutAll();
            else await proxy.CutAfter(direction, random.Next(1, 2_000)).WaitAsync(CliProcess.Patience);
            await writers.WaitForAsync(1);
        }

        await writers.StopAsync();
        output.WriteLine(await writers.AssertStoredAsync(server.Client));
        await server.KillAsync();
        await using var again = await ServerProcess.StartOnPostgresAsync(folder, postgres.ConnectionString());
        output.WriteLine("loaded anew: " + await writers.AssertStoredAsync(again.Client));
    }

    [OwnPostgresFact]
    public async Task While_PostgreSQL_is_away_reads_are_answered_and_writes_get_503_with_Retry_After()
    {
        const string Points = $"collections/{BatchWriters.Collection}/points";
        const string NewPoint = """{"points": [{"id": 2, "vector": [0, 1]}]}""";
        await using var postgres = await ThrowAwayPostgres.CreateAsync();
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartOnPostgresAsync(folder, postgres.ConnectionString());
        await BatchWriters.CreateCollectionAsync(server.Client);
        using var http = new HttpClient { BaseAddress = server.Address };
        await SendAsync("""{"points": [{"id": 1, "vector": [1, 0], "payload": {"a": 1}}]}""", HttpStatusCode.OK);
        await postgres.StopAsync();

        for (var i = 0; i < 3; i++)
        {
            var refusal = await SendAsync(NewPoint, HttpStatusCode.ServiceUnavailable);
            Assert.NotNull(refusal.Headers.RetryAfter);
            var found = await server.Client.SearchAsync(new()
            {
                Collection = BatchWriters.Collection,
                Query = new NearestQuery(new[] { 1f, 0f }),
                Limit = 5,
            });
            Assert.Equal((PointId)1UL, Assert.Single(found.Hits).Id);
        }

        await postgres.StartAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await http.PutAsync(Points, Body(NewPoint));
                return answer.IsSuccessStatusCode;
            },
            () => "Writes did not resume.");

        async Task<HttpResponseMessage> SendAsync(string body, HttpStatusCode expected)
        {
            var answer = await http.PutAsync(Points, Body(body));
            Assert.True(answer.StatusCode == expected, await answer.Content.ReadAsStringAsync());
            return answer;
        }

        static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");
    }

    private Random Seed()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        return new(seed);
    }
}
