using System.Net;
using System.Net.Sockets;

namespace VectorCluster.Cli.Tests;

/// <summary>How the server starts, and how it ends.</summary>
public sealed class ServeTests
{
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task A_signal_stops_it_cleanly(string signal)
    {
        using var folder = new TemporaryFolder();
        await using (var server = await ServerProcess.StartAsync(folder))
        {
            await server.Client.CreateCollectionAsync("c", CollectionSettings.ForVector(2, DistanceMetric.Dot));
            await server.Client.UpsertAsync(
                new() { Collection = "c", Points = [new(1UL, new float[] { 1, 2 }), new(2UL, new float[] { 2, 1 })] });
            await server.Client.DeleteAsync(new() { Collection = "c", Selector = PointSelector.ByIds([2UL]) });
            await server.Process.SignalAsync(signal);

            Assert.Equal(0, await server.Process.WaitForExitAsync());
            Assert.Equal("", server.Process.Error);
        }

        // It took a checkpoint, as for anything but a few insertions: the shard has pages, and its log was begun anew.
        var shard = Path.Join(folder.Data, "shards", "c", "~default", "0");
        var files = Directory.GetFiles(shard).Select(Path.GetFileName).ToList();
        Assert.Contains(files, name => name!.EndsWith(".vcpages", StringComparison.Ordinal));
        await using var again = await ServerProcess.StartAsync(folder);
        Assert.Single(await again.Client.GetPointsAsync(new() { Collection = "c", Ids = [1UL] }));
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (exitCode, output, error) = await CliProcess.RunAsync(
            folder.State, "serve", "--data", folder.Data, "--port", $"{port}");

        Assert.Equal((1, ""), (exitCode, output));
        var line = Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains($"127.0.0.1:{port}: the port is in use", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_directory_in_use_is_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder);

        var (exitCode, output, error) = await CliProcess.RunAsync(
            folder.State, "serve", "--data", folder.Data, "--port", "0");

        Assert.Equal((1, ""), (exitCode, output));
        var line = Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains("in use by another process", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve", "--port", "70000")]
    [InlineData("serve", "--host", "somewhere")]
    [InlineData("serve", "--prot", "1")]
    [InlineData("import", "nothing.fvecs", "--collection", "c")]
    [InlineData("query", "--collection", "c")]
    [InlineData("query", "--collection", "c", "--vector", "[1,")]
    [InlineData("export", "--collection", "c", "--url", "http://localhost", "--data", "d")]
    [InlineData("bench", "ann", "--file", "nothing.fvecs")]
    public async Task A_wrong_command_line_ends_with_2_and_a_reason(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var (exitCode, output, error) = await CliProcess.RunAsync(folder.State, arguments);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.StartsWith("vectorcluster: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("demo")]
    [InlineData("import")]
    [InlineData("export")]
    [InlineData("query")]
    [InlineData("bench", "ann")]
    public async Task Every_command_has_a_help_with_an_example(params string[] command)
    {
        using var folder = new TemporaryFolder();
        var (exitCode, output, _) = await CliProcess.RunAsync(folder.State, [.. command, "--help"]);

        Assert.Equal(0, exitCode);
        Assert.Contains($"  vectorcluster {string.Join(' ', command)} ", output, StringComparison.Ordinal);
        Assert.Contains("Example", output, StringComparison.Ordinal);
    }
}
