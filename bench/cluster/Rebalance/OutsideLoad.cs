using System.Collections.Concurrent;

namespace VectorCluster.Cluster.Bench;

/// <summary>Clients outside of the cluster that search and write, well below what it can do.</summary>
/// <remarks>Searches are sent at their time whether earlier ones were answered or not: a pause of the cluster hits as
/// many of them as it would of independent clients'. Each writer waits for its answer.</remarks>
internal sealed class OutsideLoad
{
    private const int Writers = 4;
    private const int Limit = 10;
    private static readonly TimeSpan BetweenSearches = TimeSpan.FromMilliseconds(16);
    private static readonly TimeSpan BetweenWritesOfOne = TimeSpan.FromMilliseconds(600);

    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<Task, bool> _searching = new();
    private readonly Doors _doors;
    private readonly string _collection;
    private readonly Words _words;
    private readonly List<Task> _clients;

    public OutsideLoad(Doors doors, string collection, Words words)
    {
        (_doors, _collection, _words) = (doors, collection, words);
        All = [.. Enumerable.Range(0, Writers).Select(i => new Writer(words, i, Writers))];
        _clients = [Task.Run(SearchAsync), .. All.Select(writer => Task.Run(() => WriteAsync(writer)))];
    }

    public IReadOnlyList<Writer> All { get; }

    public Samples Searches { get; } = new();

    public Samples Writes { get; } = new();

    /// <summary>Stops, and waits for what is under way.</summary>
    public async Task StopAsync()
    {
        await _ending.CancelAsync();
        await Task.WhenAll(_clients);
        await Task.WhenAll(_searching.Keys);
    }

    private async Task SearchAsync()
    {
        using var timer = new PeriodicTimer(BetweenSearches, TimeProvider.System);
        for (var i = 0; await NextAsync(timer); i++)
        {
            var query = _words.Queries[i % _words.Queries.Count];
            var (door, database) = _doors.Next();
            var search = Searches.MeasureAsync(door, () => database.SearchAsync(
                new() { Collection = _collection, Query = new NearestQuery(query), Limit = Limit }));
            _searching[search] = true;
            _ = search.ContinueWith(ended => _searching.TryRemove(ended, out _), TaskScheduler.Default);
        }
    }

    private async Task WriteAsync(Writer writer)
    {
        using var timer = new PeriodicTimer(BetweenWritesOfOne, TimeProvider.System);
        while (await NextAsync(timer))
        {
            var batch = writer.NextBatch();
            var (door, database) = _doors.Next();
            writer.Note(batch, await Writes.MeasureAsync(
                door, () => database.UpsertAsync(new() { Collection = _collection, Points = batch })));
        }
    }

    private async Task<bool> NextAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_ending.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
