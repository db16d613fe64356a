using System.Text;

namespace VectorCluster.Cli.Tests;

/// <summary>What a newcomer sees first.</summary>
public sealed class DemoTests
{
    private const string Rows = "Collection 'words': ";

    // Goal: it loads once, and a half-finished load goes on. Method: three runs; between the first two points are
    // deleted, as if the first had been stopped before it wrote them.
    [Fact]
    public async Task It_shows_neighbours_loads_what_is_missing_and_never_loads_twice()
    {
        using var folder = new TemporaryFolder();
        await using (var first = await ServerProcess.StartAsync(folder, command: "demo"))
        {
            Assert.Contains(Rows + "loaded 10,000 words into 4 shards", first.Process.Output, StringComparison.Ordinal);
            Assert.Contains("king     → prince 0.77, queen 0.75", first.Process.Output, StringComparison.Ordinal);
            Assert.Contains("\"rank\":1659", await AskAsItSaysAsync(first), StringComparison.Ordinal);
            var missing = Enumerable.Range(9_001, 1_000).Select(id => (PointId)(ulong)id).ToList();
            await first.Client.DeleteAsync(new() { Collection = "words", Selector = PointSelector.ByIds(missing) });
        }

        await using (var second = await ServerProcess.StartAsync(folder, command: "demo"))
            Assert.Contains(Rows + "loaded 1,000 words", second.Process.Output, StringComparison.Ordinal);

        await using var third = await ServerProcess.StartAsync(folder, command: "demo");
        Assert.Contains(Rows + "all 10,000 words are there already", third.Process.Output, StringComparison.Ordinal);
        var info = await third.Client.GetCollectionAsync("words");
        Assert.Equal((10_000, 4), (info.PointCount, info.ShardCount));
        Assert.Equal(10_000, info.PayloadIndexPoints["word"]);
        Assert.Equal(["length", "rank", "word"], info.Settings.PayloadIndexes.Keys.Order(StringComparer.Ordinal));
    }

    /// <summary>Sends the request of the printed curl line.</summary>
    private static async Task<string> AskAsItSaysAsync(ServerProcess server)
    {
        var url = await server.Process.WaitForAsync("  curl -s ");
        var body = await server.Process.WaitForAsync("    -d '");
        using var http = new HttpClient();
        using var content = new StringContent(body.TrimEnd('\''), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(url.Split(' ')[0], content);
        return await answer.Content.ReadAsStringAsync();
    }
}
