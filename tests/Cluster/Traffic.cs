using System.Collections.Concurrent;

namespace VectorCluster.Cluster.Tests;

/// <summary>Clients that write, read what they wrote, and search, until they are stopped.</summary>
/// <remarks>Each writer has points of its own and writes them over and over with growing numbers; it reads each back at
/// once, so that a write that was lost, or a read from before it, shows.</remarks>
internal sealed class Traffic : IAsyncDisposable
{
    private const int PointsOfEach = 200;

    private readonly CancellationTokenSource _isEnough = new();
    private readonly ConcurrentDictionary<PointId, float> _written = new();
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly IReadOnlyList<IVectorDatabase> _doors;
    private readonly string _collection;
    private readonly List<Task> _clients = [];
    private long _calls;

    public Traffic(IReadOnlyList<IVectorDatabase> doors, string collection, int writers, int searchers)
    {
        (_doors, _collection) = (doors, collection);
        for (var i = 0; i < writers; i++) _clients.Add(StartWriter(i));
        for (var i = 0; i < searchers; i++) _clients.Add(StartSearcher(i));
    }

    public IReadOnlyCollection<Exception> Failures => _failures;

    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Stops the clients and checks that all is there as it was written last.</summary>
    public async Task StopAndCheckAsync(IVectorDatabase database)
    {
        await DisposeAsync();
        Assert.Empty(_failures);
        foreach (var some in _written.Keys.Chunk(500))
            foreach (var point in await database.GetPointsAsync(Get(some)))
                Assert.Equal(_written[point.Id], NumberOf(point));
        Assert.Equal(
            _written.Count,
            (await Task.WhenAll(_written.Keys.Chunk(500).Select(some => database.GetPointsAsync(Get(some)))))
                .Sum(points => points.Count));
    }

    public async ValueTask DisposeAsync()
    {
        await _isEnough.CancelAsync();
        await Task.WhenAll(_clients);
    }

    private static float NumberOf(StoredPoint point) =>
        point.Vectors!.TryGet(VectorSet.DefaultName, out var vector) ? vector.Span[0] : float.NaN;

    private GetPointsRequest Get(IReadOnlyList<PointId> ids) =>
        new() { Collection = _collection, Ids = ids, WithVectors = VectorSelector.All };

    private Task StartWriter(int writer) => RunAsync(async (round, door) =>
    {
        var id = PointId.FromNumber((ulong)((writer * PointsOfEach) + (round % PointsOfEach)) + 1_000_000);
        await door.UpsertAsync(
            new() { Collection = _collection, Points = [new(id, new float[] { round, writer })] });
        _written[id] = round;
        var read = await door.GetPointsAsync(Get([id]));
        if (read is not [var point] || NumberOf(point) != round)
            throw new InvalidOperationException($"Point {id} was written as {round} and read as {read.Count} points.");
    });

    private Task StartSearcher(int searcher) => RunAsync((round, door) => door.SearchAsync(new()
    {
        Collection = _collection,
        Query = new NearestQuery(new float[] { round % 100, searcher }),
        Limit = 5,
    }));

    private Task RunAsync(Func<int, IVectorDatabase, Task> callAsync) => Task.Run(async () =>
    {
        for (var round = 0; !_isEnough.IsCancellationRequested; round++)
        {
            try
            {
                await callAsync(round, _doors[round % _doors.Count]);
                Interlocked.Increment(ref _calls);
            }
            catch (Exception exception)
            {
                _failures.Enqueue(exception);
                if (_failures.Count > 20) return;
            }
        }
    });
}
