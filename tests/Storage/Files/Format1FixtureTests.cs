using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Tests.Contracts;
using static VectorCluster.Storage.Tests.Contracts.StoreCalls;

namespace VectorCluster.Storage.Tests.Files;

/// <summary>A data directory of format 1, committed as it was written, must load for ever.</summary>
public sealed class Format1FixtureTests : IDisposable
{
    private const long SmallSegment = 400;
    private static readonly string Fixture = Path.Join(AppContext.BaseDirectory, "Fixtures", "format-1");
    private static readonly ShardId Plain = new("docs", "", 0);
    private static readonly ShardId Odd = new("Größe", new string('n', 100) + new string('Ü', 70), 12);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_data_directory_of_format_1_loads()
    {
        TempFolder.Copy(Fixture, _folder.Path);
        using var directory = DataDirectory.Open(_folder.Path);
        await using var shards = new FileShardStore(directory);
        using var catalogue = new FileCatalogueStore(directory);

        Assert.Equal([Plain], await shards.ShardsAsync("docs"));
        Assert.Equal([Odd], await shards.ShardsAsync(Odd.Collection));
        var owned = await shards.AcquireAsync(Plain);
        Assert.Equal((3, 6), (owned.Epoch.Value, owned.LastLsn.Value));
        Assert.Equal(["4:four", "5:five", "6:six"], (await shards.TextsAsync(Plain, 4)));
        var manifest = await shards.ReadManifestAsync(Plain);
        Assert.Equal((3, "manifest 2"), (manifest!.Lsn.Value, System.Text.Encoding.UTF8.GetString(manifest.Body.Span)));
        var pages = await shards.PagesAsync(Plain);
        Assert.Equal(["0-0:50x1", "0-1:10x3", "7-4294967295:1x4"], pages
            .OrderBy(p => p.Key.Region).ThenBy(p => p.Key.Page)
            .Select(p => $"{p.Key.Region}-{p.Key.Page}:{p.Value.Length}x{p.Value[0]}"));
        Assert.Equal(["1:odd"], await shards.TextsAsync(Odd));
        Assert.Equal(2, (await catalogue.ReadCollectionAsync("docs"))!.Version);
        Assert.Equal(Bytes("{}"), (await catalogue.ReadNamespaceAsync("docs", ""))!.Value.ToArray());
    }

    // Goal: nobody changes the format without noticing. Fails: raise the version, keep this fixture, and add one of the
    // new format.
    [Fact]
    public async Task This_version_writes_the_same_bytes()
    {
        await WriteAsync(_folder.Path);

        var expected = Files(Fixture);
        var actual = Files(_folder.Path);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, bytes) in expected) Assert.True(bytes.AsSpan().SequenceEqual(actual[name]), name);
    }

    private static Dictionary<string, byte[]> Files(string root) => Directory
        .EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "LOCK")
        .ToDictionary(path => Path.GetRelativePath(root, path), File.ReadAllBytes);

    private static async Task WriteAsync(string path)
    {
        using var directory = DataDirectory.Open(path, observer: null, SmallSegment);
        await using var shards = new FileShardStore(directory);
        using var catalogue = new FileCatalogueStore(directory);
        await catalogue.TryWriteCollectionAsync("docs", 0, Bytes("{\"a\":1}"));
        await catalogue.TryWriteCollectionAsync("docs", 1, Bytes("{\"a\":2}"));
        await catalogue.TryWriteNamespaceAsync("docs", "", 0, Bytes("{}"));
        await catalogue.TryWriteNamespaceAsync("docs", "Tenant/1", 0, Bytes("{}"));

        var (odd, _, _) = await shards.AcquireAsync(Odd);
        await shards.AppendAsync(Odd, odd, 1, "odd");
        var (first, _, _) = await shards.AcquireAsync(Plain);
        await shards.AppendAsync(Plain, first, 1, "one", "two", new string('3', 300));
        await shards.CheckpointAsync(
            Plain, first, 1, "manifest 1",
            ShardPage(0, 0, 50, 1), ShardPage(0, 1, 20, 2), ShardPage(7, uint.MaxValue, 1, 4));
        await shards.CheckpointAsync(Plain, first, 3, "manifest 2", ShardPage(0, 1, 10, 3));
        var (second, _, _) = await shards.AcquireAsync(Plain);
        await shards.AppendAsync(Plain, second, 4, "four", "five");
        await shards.AppendAsync(Plain, second, 5, "rejected");
        await shards.AppendAsync(Plain, second, 6, "six");
    }

    private static (Engine.Checkpoints.PageKey Key, byte[] Bytes) ShardPage(
        ushort region, uint page, int length, byte fill) =>
        (new(region, page), Enumerable.Repeat(fill, length).ToArray());
}
