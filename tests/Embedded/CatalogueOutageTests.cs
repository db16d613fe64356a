using VectorCluster.Coordinator;
using VectorCluster.Coordinator.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;

namespace VectorCluster.Embedded.Tests;

/// <summary>A catalogue whose store is slow or away.</summary>
public sealed class CatalogueOutageTests : LeasedCatalogueTests
{
    private readonly FileShardStore _files;
    private readonly EngineThreads _threads = new(1, 1);
    private readonly LocalShards _shards;
    private readonly Catalogue _other;
    private readonly DatabaseCoordinator _database;

    public CatalogueOutageTests()
    {
        _files = new(Data);
        _shards = new(_files, _threads, new(), Time);
        _other = OpenCatalogue(Rows);
        _database = new(Catalogue, _shards, Time);
    }

    public override async Task InitializeAsync()
    {
        await _database.CreateCollectionAsync("c", Settings);
        await _database.UpsertAsync(Upsert(1));
    }

    public override async Task DisposeAsync()
    {
        await _shards.DisposeAsync();
        await _files.DisposeAsync();
        _threads.Dispose();
        await base.DisposeAsync();
    }

    // Goal: a database whose store is down answers reads (docs/decisions/0006). Method: long after the lease.
    [Fact]
    public async Task Reads_go_on_while_the_store_is_away_and_writes_are_refused()
    {
        Time.Advance(100 * Lease);
        Store.IsAway = true;

        for (var i = 0; i < 3; i++)
        {
            await ReadAllAsync();
            await Assert.ThrowsAsync<StoreUnavailableException>(() => _database.UpsertAsync(Upsert(2)));
            await Assert.ThrowsAsync<StoreUnavailableException>(() => _database.DeleteAsync(Delete));
            Time.Advance(Lease);
        }

        Store.IsAway = false;
        await _database.UpsertAsync(Upsert(2));
        Assert.Equal(2, await _database.CountAsync(new() { Collection = "c" }));
    }

    // Goal: a server that accepts calls and answers none is away too. Method: calls that never end; the clock moves on
    // once, by as long as a read waits for them, and stands still while others read.
    [Fact]
    public async Task Reads_go_on_while_the_store_does_not_answer()
    {
        Time.Advance(Lease);
        var never = new TaskCompletionSource();
        Store.BeforeRead = _ => never.Task;

        var settings = Catalogue.GetForReadAsync("c", default).AsTask();
        var map = Catalogue.FindMapForReadAsync("c", "", default).AsTask();
        Time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(settings, map).WaitAsync(Patience);

        Assert.Equal(2, (await settings).Vectors[""].Dimension);
        Assert.NotNull(await map);
        await ReadAllAsync().WaitAsync(Patience); // without a wait, since nobody asks again at once
        never.SetResult();
    }

    [Fact]
    public async Task What_the_store_said_to_be_gone_is_not_read_once_it_is_away()
    {
        await _other.BeginDeleteAsync("c", default);
        Time.Advance(Lease);
        await Assert.ThrowsAsync<NotFoundException>(ReadAllAsync);

        Store.IsAway = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(ReadAllAsync);
    }

    // Goal: a change that all have been told of counts, also where a call to the store hangs.
    [Fact]
    public async Task What_is_to_be_forgotten_is_not_read_although_the_store_hangs()
    {
        Time.Advance(Lease);
        var never = new TaskCompletionSource();
        Store.BeforeRead = _ => never.Task;
        var reading = Catalogue.FindAsync("c", default).AsTask();

        var forgetting = Catalogue.ForgetAsync("c", default);
        Assert.False(forgetting.IsCompleted);
        var after = ReadAllAsync();
        for (var i = 0; i < 10; i++) Time.Advance(Lease);
        Assert.False(after.IsCompleted);

        never.SetResult();
        await Task.WhenAll(reading, forgetting, after).WaitAsync(Patience);
    }

    private static DeleteRequest Delete => new() { Collection = "c", Selector = PointSelector.ByIds(1UL) };

    private static UpsertRequest Upsert(ulong id) =>
        new() { Collection = "c", Points = [new(id, new float[] { id, 0 })] };

    private async Task ReadAllAsync()
    {
        Assert.Equal(1, await _database.CountAsync(new() { Collection = "c" }));
        Assert.Single(await _database.GetPointsAsync(new() { Collection = "c", Ids = [1UL] }));
        Assert.Single((await _database.ScrollAsync(new() { Collection = "c" })).Points);
        var search = new SearchRequest { Collection = "c", Query = new NearestQuery(new float[] { 0, 0 }), Limit = 1 };
        Assert.Single((await _database.SearchAsync(search)).Hits);
    }
}
