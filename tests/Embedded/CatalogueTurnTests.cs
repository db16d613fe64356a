using VectorCluster.Api.Tests;
using VectorCluster.Coordinator.Catalogue;
using VectorCluster.Storage.Files;

namespace VectorCluster.Embedded.Tests;

/// <summary>Many requests that find the lease of the catalogue's rows ended at once.</summary>
public sealed class CatalogueTurnTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly CollectionSettings Settings = CollectionSettings.ForVector(2, DistanceMetric.Euclidean);

    private readonly TemporaryDirectory _directory = new();
    private readonly DataDirectory _data;
    private readonly FileCatalogueStore _rows;
    private readonly FailingCatalogue _store;
    private readonly ManualTime _time = new();
    private readonly Catalogue _catalogue;

    public CatalogueTurnTests()
    {
        _data = DataDirectory.Open(_directory.Path);
        _rows = new(_data);
        _store = new(_rows);
        _catalogue = new(_store, (_, _, _) => Task.CompletedTask, Lease, _time);
    }

    public async Task InitializeAsync()
    {
        await _catalogue.TryCreateAsync("c", Settings, default);
        await _catalogue.FindOrCreateMapAsync("c", "", shardCount: 1, default);
    }

    public Task DisposeAsync()
    {
        _rows.Dispose();
        _data.Dispose();
        _directory.Dispose();
        return Task.CompletedTask;
    }

    // Goal: a lease that ends costs one read, not one for each request. Method: many find it ended while the first
    // one's read is under way.
    [Fact]
    public async Task A_row_is_read_once_for_all_that_wait()
    {
        _time.Advance(Lease);
        var (count, go) = (0, new TaskCompletionSource());
        _store.BeforeRead = _ =>
        {
            Interlocked.Increment(ref count);
            return go.Task;
        };

        var settings = Enumerable.Range(0, 20).Select(_ => _catalogue.GetAsync("c", default).AsTask()).ToList();
        var maps = Enumerable.Range(0, 20).Select(_ => _catalogue.FindMapAsync("c", "", default).AsTask()).ToList();
        go.SetResult();
        await Task.WhenAll(Task.WhenAll(settings), Task.WhenAll(maps)).WaitAsync(Patience);

        Assert.Equal(2, count);
    }

    [Fact]
    public async Task A_row_that_is_slow_to_come_does_not_hold_up_other_collections()
    {
        var others = Enumerable.Range(0, 8).Select(i => $"other-{i}").ToList();
        foreach (var name in others) await _catalogue.TryCreateAsync(name, Settings, default);
        _time.Advance(Lease);
        var go = new TaskCompletionSource();
        _store.BeforeRead = name => name == "c" ? go.Task : Task.CompletedTask;
        var slow = _catalogue.GetAsync("c", default).AsTask();

        // Not all: two collections may happen to share a turn.
        await Task.WhenAny(others.Select(name => _catalogue.GetAsync(name, default).AsTask())).WaitAsync(Patience);

        Assert.False(slow.IsCompleted);
        go.SetResult();
        await slow;
    }
}
