namespace VectorCluster.Engine.Points;

/// <summary>The places of a shard in the order of their ids, for scrolling: sorted when first asked for, the newest
/// looked at one by one.</summary>
internal sealed class IdOrder(PointTable points, Func<long> appliedLsn)
{
    /// <summary>Fewer new places than this are scanned rather than sorted in.</summary>
    private const int MinTail = 1024;

    private readonly Lock _sorting = new();
    private int[] _sorted = [];
    private int _sortedUpTo;

    /// <summary>The order as it is now. Take it before the LSN to read as of: what it leaves out is deleted for that
    /// LSN too.</summary>
    public Snapshot Capture()
    {
        lock (_sorting)
        {
            var count = points.Count;
            if (count - _sortedUpTo > Math.Max(MinTail, _sorted.Length / 8))
            {
                var applied = appliedLsn();
                _sorted = [.. Enumerable.Range(0, count).Where(place => points[place].DeletedAt > applied)];
                Array.Sort(_sorted, points.CompareIds);
                _sortedUpTo = count;
            }

            return new(points, _sorted, _sortedUpTo);
        }
    }

    /// <param name="sorted">Places below <paramref name="sortedUpTo"/>, by id.</param>
    internal readonly struct Snapshot(PointTable points, int[] sorted, int sortedUpTo)
    {
        /// <summary>Up to <paramref name="limit"/> places that pass, by id.</summary>
        /// <param name="from">First id, itself included; null: from the start.</param>
        public List<int> Take(PointId? from, int limit, Func<int, bool> passes)
        {
            var newest = Newest(from, passes);
            var taken = new List<int>();
            var (at, newestAt) = (from is { } id ? FirstAtLeast(id) : 0, 0);
            while (taken.Count < limit)
            {
                while (at < sorted.Length && !passes(sorted[at])) at++;
                var hasSorted = at < sorted.Length;
                var hasNewest = newestAt < newest.Count;
                if (!hasSorted && !hasNewest) break;
                var takesSorted = hasSorted && (!hasNewest || points.CompareIds(sorted[at], newest[newestAt]) < 0);
                taken.Add(takesSorted ? sorted[at++] : newest[newestAt++]);
            }

            return taken;
        }

        private List<int> Newest(PointId? from, Func<int, bool> passes)
        {
            var newest = new List<int>();
            for (var place = sortedUpTo; place < points.Count; place++)
                if (passes(place) && (from is not { } id || points.CompareIdTo(place, id) >= 0)) newest.Add(place);
            newest.Sort(points.CompareIds);
            return newest;
        }

        private int FirstAtLeast(PointId id)
        {
            var (low, high) = (0, sorted.Length);
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (points.CompareIdTo(sorted[middle], id) < 0) low = middle + 1;
                else high = middle;
            }

            return low;
        }
    }
}
