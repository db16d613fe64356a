using System.Text.Json;
using VectorCluster.Client.Http;

namespace VectorCluster.Cli.Tests.Access;

/// <summary>Keys on the command line: how they are made, given to a server, and presented to it.</summary>
public sealed class KeyTests
{
    // Goal: what the command prints opens the server, and nothing else does. Method: a keys file of what it printed, a
    // server, and the other commands with and without the key.
    [Fact]
    public async Task A_key_that_was_made_opens_a_server_that_has_its_hash()
    {
        using var folder = new TemporaryFolder();
        var (key, entry) = await MakeAsync(folder, "--role", "admin", "--name", "mine");
        var (readKey, readEntry) = await MakeAsync(folder, "--name", "tenant", "--namespace", "a", "-c", "docs");
        var keys = folder.Write("keys.json", $"[{entry}, {readEntry}]");
        await using var server = await ServerProcess.StartWithAsync(
            folder, key, [("VectorCluster__Access__KeysFile", keys)], "--host", "0.0.0.0");
        await server.Client.CreateCollectionAsync("docs", CollectionSettings.ForVector(2, DistanceMetric.Dot));
        await server.Client.UpsertAsync(
            new() { Collection = "docs", Namespace = "a", Points = [new(1UL, new float[] { 1, 2 })] });
        var url = $"http://127.0.0.1:{server.Address.Port}";
        string[] query = ["query", "--url", url, "-c", "docs", "--vector", "[1,2]", "--retry-for", "0"];

        var denied = await CliProcess.RunAsync(folder.State, query);
        var wrong = await CliProcess.RunAsync(folder.State, [.. query, "--api-key", key + "x"]);
        var elsewhere = await CliProcess.RunAsync(folder.State, [.. query, "--api-key", readKey]);
        var found = await CliProcess.RunAsync(folder.State, [.. query, "--api-key", readKey, "--namespace", "a"]);
        var cluster = await CliProcess.RunAsync(
            folder.State, [("VECTORCLUSTER_API_KEY", key)], ["admin", "cluster", "--url", url]);

        Assert.Equal(1, denied.ExitCode);
        Assert.Contains("(unauthenticated)", denied.Error, StringComparison.Ordinal);
        Assert.Contains("(invalid_key)", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("(forbidden)", elsewhere.Error, StringComparison.Ordinal);
        Assert.True(found.ExitCode == 0, found.Error);
        Assert.True(cluster.ExitCode == 0, cluster.Error);
        Assert.DoesNotContain(key, server.Process.Output + server.Process.Error, StringComparison.Ordinal);
    }

    // Goal: keys are replaced as the guide says, on the real clock. Method: the file is written anew beside the running
    // server; then it is broken.
    [Fact]
    public async Task A_key_is_replaced_without_a_restart()
    {
        using var folder = new TemporaryFolder();
        var (first, firstEntry) = await MakeAsync(folder);
        var (second, secondEntry) = await MakeAsync(folder);
        var keys = folder.Write("keys.json", $"[{firstEntry}]");
        await using var server = await ServerProcess.StartWithAsync(
            folder, first, [("VectorCluster__Access__KeysFile", keys)]);
        using var other = VectorClusterHttpClient.Connect(server.Address, second);
        Assert.False(await IsLetInAsync(other));

        folder.Write("keys.json", $"[{secondEntry}]");
        await Eventually.TrueAsync(() => IsLetInAsync(other), () => server.Process.Error);
        Assert.False(await IsLetInAsync(server.Client));

        folder.Write("keys.json", "[{");
        await Eventually.TrueAsync(
            () => server.Process.Error.Contains(keys, StringComparison.Ordinal), () => server.Process.Error);
        Assert.True(await IsLetInAsync(other));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("*")]
    [InlineData("::")]
    public async Task Without_keys_a_server_does_not_listen_where_others_reach_it(string host)
    {
        using var folder = new TemporaryFolder();

        var (exitCode, output, error) = await CliProcess.RunAsync(
            folder.State, "serve", "--data", folder.Data, "--port", "0", "--host", host);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("AllowWithoutKeys", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Data)); // it was told before anything was done
    }

    [Fact]
    public async Task Told_so_in_as_many_words_it_does()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartWithAsync(
            folder, apiKey: null, [("VectorCluster__Access__AllowWithoutKeys", "true")], "--host", "*");
        using var http = new HttpClient();

        await http.GetStringAsync(new Uri($"http://127.0.0.1:{server.Address.Port}/collections"));
    }

    [Theory]
    [InlineData("Access__Kyes__0__Name", "x")]
    [InlineData("Access__Keys__0__Name", "x")]
    [InlineData("Limits__MaxBodyBytes", "much")]
    public async Task A_setting_that_can_not_be_used_is_told(string name, string value)
    {
        using var folder = new TemporaryFolder();

        var (exitCode, _, error) = await CliProcess.RunAsync(
            folder.State, [($"VectorCluster__{name}", value)], ["serve", "--data", folder.Data, "--port", "0"]);

        Assert.Equal(2, exitCode);
        Assert.Contains("VectorCluster: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static async Task<bool> IsLetInAsync(VectorClusterHttpClient client)
    {
        try
        {
            await client.ListCollectionsAsync();
            return true;
        }
        catch (AccessDeniedException)
        {
            return false;
        }
    }

    private static async Task<(string Key, string Entry)> MakeAsync(TemporaryFolder folder, params string[] arguments)
    {
        var (exitCode, output, error) = await CliProcess.RunAsync(folder.State, ["admin", "key", .. arguments]);
        Assert.True(exitCode == 0, error);
        var lines = output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        using var entry = JsonDocument.Parse(lines[1]);
        Assert.StartsWith("sha256:", entry.RootElement.GetProperty("Hash").GetString(), StringComparison.Ordinal);
        return (lines[0], lines[1]);
    }
}
