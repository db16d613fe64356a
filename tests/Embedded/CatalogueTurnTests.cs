namespace VectorCluster.Embedded.Tests;

/// <summary>Many requests that find the lease of the catalogue's rows ended at once.</summary>
public sealed class CatalogueTurnTests : LeasedCatalogueTests
{
    public override async Task InitializeAsync()
    {
        await Catalogue.TryCreateAsync("c", Settings, default);
        await Catalogue.FindOrCreateMapAsync("c", "", shardCount: 1, default);
    }

    // Goal: a lease that ends costs one read, not one for each request. Method: many find it ended while the first
    // one's read is under way.
    [Fact]
    public async Task A_row_is_read_once_for_all_that_wait()
    {
        Time.Advance(Lease);
        var (count, go) = (0, new TaskCompletionSource());
        Store.BeforeRead = _ =>
        {
            Interlocked.Increment(ref count);
            return go.Task;
        };

        var settings = Enumerable.Range(0, 20).Select(_ => Catalogue.GetAsync("c", default).AsTask()).ToList();
        var maps = Enumerable.Range(0, 20).Select(_ => Catalogue.FindMapAsync("c", "", default).AsTask()).ToList();
        go.SetResult();
        await Task.WhenAll(Task.WhenAll(settings), Task.WhenAll(maps)).WaitAsync(Patience);

        Assert.Equal(2, count);
    }

    [Fact]
    public async Task A_row_that_is_slow_to_come_does_not_hold_up_other_collections()
    {
        var others = Enumerable.Range(0, 8).Select(i => $"other-{i}").ToList();
        foreach (var name in others) await Catalogue.TryCreateAsync(name, Settings, default);
        Time.Advance(Lease);
        var go = new TaskCompletionSource();
        Store.BeforeRead = name => name == "c" ? go.Task : Task.CompletedTask;
        var slow = Catalogue.GetAsync("c", default).AsTask();

        // Not all: two collections may happen to share a turn.
        await Task.WhenAny(others.Select(name => Catalogue.GetAsync(name, default).AsTask())).WaitAsync(Patience);

        Assert.False(slow.IsCompleted);
        go.SetResult();
        await slow;
    }
}
