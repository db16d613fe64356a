namespace VectorCluster.Cli.Tests;

/// <summary>The commands for a cluster against a server that is alone. Several silos: tests/Cluster.</summary>
public sealed class AdminClusterTests : IDisposable
{
    private const int Points = 300;
    private const int Dimension = 4;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Operator_sees_the_silo_and_its_shards_and_is_told_what_is_not_possible()
    {
        await using var server = await ServerProcess.StartAsync(_folder);
        var url = $"{server.Address}";
        var file = _folder.WriteJsonLines(TestPoints.Vectors(1, Points, Dimension));
        await RunAsync("import", file, "-c", "points", "--url", url, "--shards", "2");

        var cluster = await RunAsync("admin", "cluster", "--url", url);
        Assert.Contains("serving", cluster, StringComparison.Ordinal);
        Assert.Contains("balancing is on", cluster, StringComparison.Ordinal);
        var shards = await RunAsync("admin", "shards", "--url", url, "-c", "points");
        Assert.Equal(2, shards.Split('\n').Count(line => line.Contains("points", StringComparison.Ordinal)
            && line.Contains("local", StringComparison.Ordinal)));
        Assert.DoesNotContain("local", await RunAsync("admin", "moves", "--url", url), StringComparison.Ordinal);
        var suspended = await RunAsync("admin", "moves", "--suspend", "--url", url);
        Assert.Contains("suspended", suspended, StringComparison.Ordinal);
        var moved = await RunAsync("admin", "move", "-c", "points", "--shard", "0", "--to", "local", "--url", url);
        Assert.Contains("serves from local", moved, StringComparison.Ordinal);

        await FailAsync("only one silo", "admin", "drain", "local", "--url", url);
        await FailAsync(
            "There is no silo 'x'; there are local",
            "admin", "move", "-c", "points", "--shard", "0", "--to", "x", "--url", url);
        await FailAsync("not both", "admin", "moves", "--suspend", "--resume", "--url", url);
        await FailAsync("not an http", "admin", "cluster", "--url", "here");
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await CliProcess.RunAsync(_folder.State, arguments);
        Assert.True(exitCode == 0, error);
        return output;
    }

    private async Task FailAsync(string reason, params string[] arguments)
    {
        var (exitCode, output, error) = await CliProcess.RunAsync(_folder.State, arguments);
        Assert.True(exitCode is 1 or 2, $"{exitCode}\n{output}\n{error}");
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }
}
