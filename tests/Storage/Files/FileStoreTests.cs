using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Tests.Contracts;
using static VectorCluster.Storage.Tests.Contracts.StoreCalls;

namespace VectorCluster.Storage.Tests.Files;

public sealed class FileShardStoreTests : ShardStoreContract
{
    private readonly TempFolder _folder = new();
    private DataDirectory _directory = null!; // set with the store

    protected override bool TellsOfHeldShards => false;

    protected override ValueTask<IShardStore> OpenAsync()
    {
        _directory = DataDirectory.Open(_folder.Path);
        return new(new FileShardStore(_directory));
    }

    protected override async ValueTask CloseAsync(IShardStore store)
    {
        await ((FileShardStore)store).DisposeAsync();
        _directory.Dispose();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class FileCatalogueStoreTests : CatalogueStoreContract
{
    private readonly TempFolder _folder = new();
    private DataDirectory _directory = null!; // set with the store

    protected override ValueTask<ICatalogueStore> OpenAsync()
    {
        _directory = DataDirectory.Open(_folder.Path);
        return new(new FileCatalogueStore(_directory));
    }

    protected override ValueTask CloseAsync(ICatalogueStore store)
    {
        ((FileCatalogueStore)store).Dispose();
        _directory.Dispose();
        return default;
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    // Goal: one bad row stays one bad row. Method: flip every bit of it, one at a time.
    [Fact]
    public async Task A_damaged_row_is_reported_and_the_others_serve()
    {
        await Store.TryWriteCollectionAsync("bad", 0, Bytes("value"));
        await Store.TryWriteCollectionAsync("good", 0, Bytes("value"));
        var path = Path.Join(_folder.Path, "catalogue", "bad", "collection.row");
        var original = await File.ReadAllBytesAsync(path);
        for (var bit = 0; bit < original.Length * 8; bit++)
        {
            var damaged = original.ToArray();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(path, damaged);

            Assert.Equal(["good"], await CollectionsAsync());
            Assert.Equal(path, Assert.Single(((FileCatalogueStore)Store).Damages).Path);
            var e = await Assert.ThrowsAsync<DamagedFileException>(async () => await Store.ReadCollectionAsync("bad"));
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
        }

        await File.WriteAllBytesAsync(path, original);
        Assert.Equal(2, (await CollectionsAsync()).Count);
        Assert.Empty(((FileCatalogueStore)Store).Damages);
    }
}
