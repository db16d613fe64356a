using System.Collections.Concurrent;
using VectorCluster.Client.Http;

namespace VectorCluster.Cli.Tests;

/// <summary>Clients that write batches of three new points, one after the other, and note what became of each: the
/// server's word for it is then held against what is stored.</summary>
/// <remarks>The collection has one shard, so a batch is there as a whole or not at all.</remarks>
internal sealed class BatchWriters : IAsyncDisposable
{
    public const string Collection = "batches";

    private const int BatchPoints = 3;
    private const int Clients = 4;
    private const int CheckedBatches = 300;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    private readonly Func<VectorClusterHttpClient> _client;
    private readonly ConcurrentDictionary<int, WriteStatus> _outcomes = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private int _next;
    private int _applied;

    /// <param name="client">Of the server as it runs now.</param>
    public BatchWriters(Func<VectorClusterHttpClient> client)
    {
        _client = client;
        _running = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(WriteAsync)));
    }

    /// <summary>Batches that the server called written.</summary>
    public int Applied => Volatile.Read(ref _applied);

    public static Task CreateCollectionAsync(IVectorDatabase database) => database.CreateCollectionAsync(
        Collection, CollectionSettings.ForVector(2, DistanceMetric.Euclidean));

    /// <summary>Waits until so many more batches are written.</summary>
    public Task WaitForAsync(int more)
    {
        var enough = Applied + more;
        return Eventually.TrueAsync(
            () => Applied >= enough || _running.IsCompleted,
            () => $"Writing did not go on: {Applied} of {enough}.");
    }

    /// <summary>Stops writing. Throws what a client met that it should not have.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    /// <summary>Every batch called written is there, every one called rejected is not, and the others are there as a
    /// whole or not at all.</summary>
    public async Task<string> AssertStoredAsync(IVectorDatabase database)
    {
        var known = _outcomes.ToArray();
        var unknown = 0;
        foreach (var chunk in known.Chunk(CheckedBatches))
        {
            var stored = await database.GetPointsAsync(new()
            {
                Collection = Collection,
                Ids = [.. chunk.SelectMany(batch => IdsOf(batch.Key))],
            });
            var ids = stored.Select(point => point.Id).ToHashSet();
            foreach (var (batch, outcome) in chunk)
            {
                var found = IdsOf(batch).Count(ids.Contains);
                if (outcome == WriteStatus.Applied) Assert.True(found == BatchPoints, $"Batch {batch} lost: {found}.");
                else if (outcome == WriteStatus.Rejected) Assert.True(found == 0, $"Batch {batch}, rejected, is there.");
                else Assert.True(found is 0 or BatchPoints, $"Of batch {batch} {found} points are there.");
                if (outcome != WriteStatus.Unknown) continue;
                unknown++;

                // What was found once is settled.
                _outcomes[batch] = found == 0 ? WriteStatus.Rejected : WriteStatus.Applied;
            }
        }

        var applied = known.Count(batch => batch.Value == WriteStatus.Applied);
        return $"{applied} batches written, {unknown} of unknown outcome, {known.Length - applied - unknown} rejected";
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        _stopping.Dispose();
    }

    private static IEnumerable<PointId> IdsOf(int batch) =>
        Enumerable.Range(batch * BatchPoints, BatchPoints).Select(id => (PointId)(ulong)id);

    private async Task WriteAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var batch = Interlocked.Increment(ref _next);
            var outcome = await WriteAsync(batch);
            _outcomes[batch] = outcome;
            if (outcome == WriteStatus.Applied) Interlocked.Increment(ref _applied);
            else await Task.Delay(Pause, TimeProvider.System);
        }
    }

    private async Task<WriteStatus> WriteAsync(int batch)
    {
        try
        {
            await _client().UpsertAsync(new()
            {
                Collection = Collection,
                Points = [.. IdsOf(batch).Select(id => new Point(id, new[] { batch, 1f }, TestPoints.PayloadOf(batch)))],
            });
            return WriteStatus.Applied;
        }
        catch (WriteIncompleteException incomplete)
        {
            return Assert.Single(incomplete.Outcomes).Status;
        }
        catch (StoreUnavailableException)
        {
            return WriteStatus.Rejected; // the catalogue could not be read, so nothing was sent to a shard
        }
        catch (ObjectDisposedException)
        {
            return WriteStatus.Unknown; // the client of a server that was killed
        }
    }
}
