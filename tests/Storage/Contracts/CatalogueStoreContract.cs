using VectorCluster.Engine.Catalogue;
using static VectorCluster.Storage.Tests.Contracts.StoreCalls;

namespace VectorCluster.Storage.Tests.Contracts;

/// <summary>What every catalogue store must do. Each store derives from this and supplies
/// <see cref="OpenAsync"/>.</summary>
public abstract class CatalogueStoreContract : IAsyncLifetime
{
    protected ICatalogueStore Store { get; private set; } = null!; // set before each test

    protected abstract ValueTask<ICatalogueStore> OpenAsync();

    protected abstract ValueTask CloseAsync(ICatalogueStore store);

    public async Task InitializeAsync() => Store = await OpenAsync();

    public virtual async Task DisposeAsync() => await CloseAsync(Store);

    protected async Task ReopenAsync()
    {
        await CloseAsync(Store);
        Store = await OpenAsync();
    }

    [Fact]
    public async Task A_row_is_written_only_over_the_version_expected()
    {
        Assert.Null(await Store.ReadCollectionAsync("docs"));
        Assert.False(await Store.TryWriteCollectionAsync("docs", 1, Bytes("x")));
        Assert.True(await Store.TryWriteCollectionAsync("docs", 0, Bytes("a")));
        Assert.False(await Store.TryWriteCollectionAsync("docs", 0, Bytes("x")));
        Assert.True(await Store.TryWriteCollectionAsync("docs", 1, Bytes("b")));
        await ReopenAsync();

        var row = await Store.ReadCollectionAsync("docs");
        Assert.Equal(("docs", 2L), (row!.Name, row.Version));
        Assert.Equal(Bytes("b"), row.Value.ToArray());
    }

    // Goal: of writers that saw the same version just one wins. Method: many at once, for several versions.
    [Fact]
    public async Task One_of_many_concurrent_writers_wins()
    {
        for (var version = 0; version < 5; version++)
        {
            var expected = version;
            var wins = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
                async () => await Store.TryWriteNamespaceAsync("docs", "n", expected, Bytes($"{i}")))));
            Assert.Equal(1, wins.Count(won => won));
        }
    }

    [Fact]
    public async Task Namespaces_are_rows_of_their_own_under_a_collection_that_need_not_exist()
    {
        Assert.True(await Store.TryWriteNamespaceAsync("docs", "", 0, Bytes("default")));
        Assert.True(await Store.TryWriteNamespaceAsync("docs", "a", 0, ReadOnlyMemory<byte>.Empty));
        Assert.True(await Store.TryWriteNamespaceAsync("Docs", "a", 0, Bytes("other")));
        await ReopenAsync();

        Assert.Null(await Store.ReadCollectionAsync("docs"));
        Assert.Equal(["", "a"], (await NamespacesAsync("docs")).Order(StringComparer.Ordinal));
        Assert.Equal(Bytes("default"), (await Store.ReadNamespaceAsync("docs", ""))!.Value.ToArray());
        Assert.Equal(Bytes("other"), (await Store.ReadNamespaceAsync("Docs", "a"))!.Value.ToArray());
        Assert.Null(await Store.ReadNamespaceAsync("docs", "b"));
        Assert.Empty(await CollectionsAsync());
    }

    [Fact]
    public async Task Deleting_a_collection_takes_its_namespaces_along_and_no_other_collection()
    {
        foreach (var name in (string[])["docs", "Docs"])
        {
            await Store.TryWriteCollectionAsync(name, 0, Bytes(name));
            await Store.TryWriteNamespaceAsync(name, "n", 0, Bytes(name));
        }

        await Store.DeleteCollectionAsync("docs");
        await Store.DeleteCollectionAsync("docs");
        await Store.DeleteNamespaceAsync("docs", "n");

        Assert.Equal(["Docs"], await CollectionsAsync());
        Assert.Empty(await NamespacesAsync("docs"));
        Assert.Null(await Store.ReadNamespaceAsync("docs", "n"));
        Assert.Equal(["n"], await NamespacesAsync("Docs"));
        Assert.True(await Store.TryWriteCollectionAsync("docs", 0, Bytes("again")));
    }

    [Fact]
    public async Task A_deleted_namespace_is_gone_and_can_begin_anew()
    {
        await Store.TryWriteNamespaceAsync("docs", "n", 0, Bytes("a"));
        await Store.DeleteNamespaceAsync("docs", "n");

        Assert.Empty(await NamespacesAsync("docs"));
        Assert.False(await Store.TryWriteNamespaceAsync("docs", "n", 1, Bytes("b")));
        Assert.True(await Store.TryWriteNamespaceAsync("docs", "n", 0, Bytes("b")));
    }

    [Fact]
    public async Task Names_with_any_characters_are_kept_apart()
    {
        string[] names =
            ["a", "A", ".", "..", "a/b", "con", "数据", new('Z', 255), new string('Z', 254) + "Y", "~default", "%61"];
        foreach (var name in names)
        {
            Assert.True(await Store.TryWriteCollectionAsync(name, 0, Bytes(name)));
            Assert.True(await Store.TryWriteNamespaceAsync("c", name, 0, Bytes(name)));
        }

        await ReopenAsync();

        Assert.Equal(names.ToHashSet(), (await CollectionsAsync()).ToHashSet());
        Assert.Equal(names.ToHashSet(), (await NamespacesAsync("c")).ToHashSet());
        foreach (var name in names)
            Assert.Equal(Bytes(name), (await Store.ReadNamespaceAsync("c", name))!.Value.ToArray());
    }

    protected async Task<List<string>> CollectionsAsync()
    {
        var names = new List<string>();
        await foreach (var row in Store.ListCollectionsAsync()) names.Add(row.Name);
        return names;
    }

    protected async Task<List<string>> NamespacesAsync(string collection)
    {
        var names = new List<string>();
        await foreach (var name in Store.ListNamespacesAsync(collection)) names.Add(name);
        return names;
    }
}
