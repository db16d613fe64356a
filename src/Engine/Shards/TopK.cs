using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Points;

namespace VectorCluster.Engine.Shards;

/// <summary>The k best places offered so far: nearest first, equal distances by id, as the merge of shards orders them
/// too.</summary>
internal sealed class TopK(int k, PointTable points)
{
    private readonly List<DistanceHeap.Entry> _heap = []; // the worst on top

    /// <summary>Above this an offer is refused.</summary>
    public float Worst => _heap.Count < k ? float.PositiveInfinity : _heap[0].Key;

    public int Count => _heap.Count;

    public void Offer(float orderValue, int place)
    {
        var entry = new DistanceHeap.Entry(orderValue, place);
        if (_heap.Count < k)
        {
            _heap.Add(entry);
            Rise(_heap.Count - 1);
        }
        else if (IsBetter(entry, _heap[0]))
        {
            _heap[0] = entry;
            Sink(0);
        }
    }

    /// <summary>The places, best first.</summary>
    public IReadOnlyList<DistanceHeap.Entry> ToSorted()
    {
        _heap.Sort((a, b) => IsBetter(a, b) ? -1 : IsBetter(b, a) ? 1 : 0);
        return _heap;
    }

    private bool IsBetter(DistanceHeap.Entry a, DistanceHeap.Entry b) =>
        a.Key < b.Key || (a.Key == b.Key && a.Place != b.Place && points.CompareIds(a.Place, b.Place) < 0);

    private void Rise(int at)
    {
        while (at > 0 && IsBetter(_heap[(at - 1) >> 1], _heap[at]))
        {
            var parent = (at - 1) >> 1;
            (_heap[parent], _heap[at]) = (_heap[at], _heap[parent]);
            at = parent;
        }
    }

    private void Sink(int at)
    {
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= _heap.Count) return;
            if (child + 1 < _heap.Count && IsBetter(_heap[child], _heap[child + 1])) child++;
            if (!IsBetter(_heap[at], _heap[child])) return;
            (_heap[at], _heap[child]) = (_heap[child], _heap[at]);
            at = child;
        }
    }
}
