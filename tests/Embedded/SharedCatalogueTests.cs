using VectorCluster.Coordinator.Catalogue;
using VectorCluster.Storage.Files;

namespace VectorCluster.Embedded.Tests;

/// <summary>Two catalogues over one store, as two silos have them: what one changed the other does not answer from
/// memory for ever.</summary>
public sealed class SharedCatalogueTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);
    private static readonly CollectionSettings Small = CollectionSettings.ForVector(2, DistanceMetric.Euclidean);
    private static readonly CollectionSettings Large = CollectionSettings.ForVector(9, DistanceMetric.Euclidean);

    private readonly TemporaryDirectory _directory = new();
    private readonly DataDirectory _data;
    private readonly FileCatalogueStore _store;
    private readonly ManualTime _time = new();
    private readonly Catalogue _changing;
    private readonly Catalogue _other;

    public SharedCatalogueTests()
    {
        _data = DataDirectory.Open(_directory.Path);
        _store = new(_data);
        (_changing, _other) = (Open(), Open());
    }

    public void Dispose()
    {
        _store.Dispose();
        _data.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Catalogue_that_was_told_to_forget_reads_the_rows_anew()
    {
        await MakeAnewBehindTheOtherAsync();
        Assert.Equal(2, await DimensionAsync()); // so the cache is there, and the next lines mean something

        await _other.ForgetAsync("c", default);

        Assert.Equal(9, await DimensionAsync());
        Assert.Null(await _other.FindMapAsync("c", "", default));
    }

    [Fact]
    public async Task Catalogue_that_was_told_nothing_reads_the_rows_anew_once_its_lease_is_over()
    {
        await MakeAnewBehindTheOtherAsync();
        _time.Advance(Lease - TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, await DimensionAsync());

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(9, await DimensionAsync());
        Assert.Null(await _other.FindMapAsync("c", "", default));
    }

    // Goal: a shard is opened only if it exists now, whatever the cache says.
    [Fact]
    public async Task Shard_of_a_namespace_that_is_gone_is_none()
    {
        var shard = new ShardId("c", "", 0);
        await _changing.TryCreateAsync("c", Small, default);
        await _changing.FindOrCreateMapAsync("c", "", shardCount: 1, default);
        Assert.NotNull(await _other.ReadSettingsOfAsync(shard, default));
        Assert.Null(await _other.ReadSettingsOfAsync(shard with { Index = 1 }, default));

        await _changing.BeginDeleteNamespaceAsync("c", "", default);
        Assert.Null(await _other.ReadSettingsOfAsync(shard, default));
        await _changing.DeleteNamespaceAsync("c", "", default);
        Assert.Null(await _other.ReadSettingsOfAsync(shard, default));
    }

    private async Task MakeAnewBehindTheOtherAsync()
    {
        await _changing.TryCreateAsync("c", Small, default);
        await _changing.FindOrCreateMapAsync("c", "", shardCount: 1, default);
        Assert.Equal(2, await DimensionAsync());
        Assert.NotNull(await _other.FindMapAsync("c", "", default));
        await _changing.BeginDeleteAsync("c", default);
        await _changing.DeleteAsync("c", default);
        await _changing.TryCreateAsync("c", Large, default);
    }

    private async Task<int> DimensionAsync() =>
        (await _other.GetAsync("c", default)).Vectors[VectorSet.DefaultName].Dimension;

    private Catalogue Open() => new(_store, (_, _, _) => Task.CompletedTask, Lease, _time);
}
