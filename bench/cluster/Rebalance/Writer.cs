namespace VectorCluster.Cluster.Bench;

/// <summary>Writes points of its own, some that exist and some new, and remembers what was acknowledged.</summary>
/// <remarks>Its ids are those that leave its number when divided by the number of writers, so nobody else writes them;
/// it writes one batch at a time. Each write of a point has a number and another vector.</remarks>
internal sealed class Writer(Words words, int number, int writers)
{
    private const int BatchPoints = 24;

    private readonly Random _random = new(number);
    private readonly Dictionary<PointId, Point> _acknowledged = [];
    private readonly HashSet<PointId> _unknown = [];
    private ulong _nextNew = ((ulong)(words.Vectors.Count / writers) + 1) * (ulong)writers + (ulong)number;
    private int _version;

    /// <summary>As they were acknowledged last, but for those that a later write may have changed or not.</summary>
    public IEnumerable<Point> Acknowledged => _acknowledged.Values.Where(point => !_unknown.Contains(point.Id));

    /// <summary>Acknowledged points that did not exist before.</summary>
    public int NewCount => _acknowledged.Keys.Count(id => id.Bits >= (UInt128)words.Vectors.Count);

    public int UnknownCount => _unknown.Count;

    public Point[] NextBatch()
    {
        _version++;
        var ids = new HashSet<PointId>();
        while (ids.Count < BatchPoints / 2)
            ids.Add((PointId)((ulong)_random.Next(words.Vectors.Count / writers) * (ulong)writers + (ulong)number));
        for (; ids.Count < BatchPoints; _nextNew += (ulong)writers) ids.Add((PointId)_nextNew);
        return [.. ids.Select(id => new Point(
            id, words.Vectors[_random.Next(words.Vectors.Count)], Payload.From(new { version = _version })))];
    }

    public void Note(IEnumerable<Point> batch, bool isAcknowledged)
    {
        foreach (var point in batch)
        {
            if (!isAcknowledged)
            {
                _unknown.Add(point.Id);
                continue;
            }

            _acknowledged[point.Id] = point;
            _unknown.Remove(point.Id);
        }
    }
}
