using Xunit.Abstractions;

namespace VectorCluster.Cli.Tests;

/// <summary>A server with 100,000 points that was killed serves again at once, from the graph that it had.</summary>
public sealed class RestartTests(ITestOutputHelper output)
{
    private const int Points = 100_000;
    private const int Dimension = 100;

    // Goal: no graph is built anew after a crash. Method: what the graphs cover right after the restart, before any
    // time for building. How long the first answer takes depends on the machine: bench/restart.sh measures it.
    [Fact]
    public async Task A_killed_server_has_its_graph_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        var vectors = TestPoints.Vectors(1, Points, Dimension, clusters: 200);
        var file = folder.WriteNpy(vectors);
        long indexed;
        await using (var server = await ServerProcess.StartAsync(folder))
        {
            await server.Client.CreateCollectionAsync("points", Settings());
            var import = await CliProcess.RunAsync(
                folder.State, "import", file, "--collection", "points", "--url", server.Address.ToString());
            Assert.True(import.ExitCode == 0, import.Error);
            await Eventually.TrueAsync(
                async () => (await server.Client.GetCollectionAsync("points")).Status != CollectionStatus.Yellow,
                () => "The graph was not built.");
            indexed = (await server.Client.GetCollectionAsync("points")).IndexedVectorCount;
            await server.KillAsync();
        }

        await using var restarted = await ServerProcess.StartAsync(folder);
        var startedAt = TimeProvider.System.GetTimestamp();
        var search = new SearchRequest { Collection = "points", Query = new NearestQuery(vectors[4_711]), Limit = 10 };
        var hits = (await restarted.Client.SearchAsync(search)).Hits;
        var info = await restarted.Client.GetCollectionAsync("points");

        output.WriteLine(
            $"first answer after {TimeProvider.System.GetElapsedTime(startedAt).TotalMilliseconds:0} ms of serving");
        output.WriteLine($"{info.IndexedVectorCount} of {indexed} vectors were in the graph");
        Assert.Equal((PointId)4_711UL, hits[0].Id);
        Assert.Equal((Points, Points), (info.PointCount, indexed));
        Assert.InRange(info.IndexedVectorCount, indexed * 9 / 10, indexed);
    }

    /// <summary>A sparse graph: it is built fast, and how good it is does not matter here.</summary>
    private static CollectionSettings Settings() => new()
    {
        Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
        {
            [VectorSet.DefaultName] = new(Dimension, DistanceMetric.Euclidean)
            {
                Hnsw = new() { M = 8, EfConstruction = 24 },
            },
        },
    };
}
