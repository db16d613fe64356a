namespace VectorCluster.Suites;

/// <summary>
/// What every <see cref="IVectorDatabase"/> must do, embedded, over HTTP or in a cluster. The topics are in the classes
/// derived from this one; an implementation's tests derive from each of those and supply <see cref="Database"/>.
/// </summary>
/// <remarks>Tests share a database and keep apart by the names of their collections.</remarks>
public abstract class VectorDatabaseContract
{
    private static int _lastCollection;

    protected abstract IVectorDatabase Database { get; }

    /// <summary>A name that no other test has.</summary>
    protected static string NewName() => $"contract-{Interlocked.Increment(ref _lastCollection)}";

    /// <summary>Makes an empty collection of one unnamed vector, in three shards so that every answer is a merged
    /// one.</summary>
    protected async Task<string> CreateAsync(
        int dimension = 2, DistanceMetric metric = DistanceMetric.Euclidean, int shardCount = 3)
    {
        var name = NewName();
        await Database.CreateCollectionAsync(name, CollectionSettings.ForVector(dimension, metric, shardCount));
        return name;
    }

    protected Task<WriteResult> UpsertAsync(string collection, params IReadOnlyList<Point> points) =>
        Database.UpsertAsync(new() { Collection = collection, Points = points });

    protected async Task<StoredPoint?> FindAsync(string collection, PointId id, string name = "")
    {
        var points = await Database.GetPointsAsync(new()
        {
            Collection = collection,
            Namespace = name,
            Ids = [id],
            WithVectors = VectorSelector.All,
        });
        return points.SingleOrDefault();
    }

    protected Task<long> CountAsync(string collection, Filter? filter = null, string name = "") =>
        Database.CountAsync(new() { Collection = collection, Namespace = name, Filter = filter });

    /// <summary>Ids of all points that pass, in order.</summary>
    protected async Task<PointId[]> IdsAsync(string collection, Filter? filter = null, string name = "")
    {
        var page = await Database.ScrollAsync(new()
        {
            Collection = collection,
            Namespace = name,
            Filter = filter,
            Limit = ScrollRequest.MaxLimit,
        });
        Assert.Null(page.NextOffset);
        return [.. page.Points.Select(point => point.Id)];
    }

    protected static PointId[] Numbers(params ReadOnlySpan<int> numbers)
    {
        var ids = new PointId[numbers.Length];
        for (var i = 0; i < ids.Length; i++) ids[i] = (ulong)numbers[i];
        return ids;
    }

    protected static Point At(PointId id, float x, float y, string payload = "{}") =>
        new(id, new float[] { x, y }, Payload.Parse(payload));

    protected static float[] ValuesOf(StoredPoint point, string name = VectorSet.DefaultName)
    {
        Assert.NotNull(point.Vectors);
        Assert.True(point.Vectors.TryGet(name, out var values), $"The point lacks the vector '{name}'.");
        return values.ToArray();
    }
}
