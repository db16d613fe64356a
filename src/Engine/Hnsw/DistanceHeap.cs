using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace VectorCluster.Engine.Hnsw;

/// <summary>A binary heap of places with the smallest key on top; kept and reused, so that searches do not
/// allocate.</summary>
internal sealed class DistanceHeap
{
    private Entry[] _entries = new Entry[256];

    internal readonly record struct Entry(float Key, int Place);

    public int Count { get; private set; }

    public Entry Top
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert(Count > 0);
            return _entries[0];
        }
    }

    /// <summary>The entries in heap order; valid until the next change.</summary>
    public Span<Entry> Entries => _entries.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Push(float key, int place)
    {
        if (Count == _entries.Length) Array.Resize(ref _entries, _entries.Length * 2);
        var entries = _entries;
        var at = Count++;
        while (at > 0)
        {
            var parent = (at - 1) >> 1;
            if (entries[parent].Key <= key) break;
            entries[at] = entries[parent];
            at = parent;
        }

        entries[at] = new(key, place);
    }

    public Entry Pop()
    {
        var top = Top;
        Count--;
        if (Count > 0) SinkFromTop(_entries[Count]);
        return top;
    }

    /// <summary>Pop and Push in one step.</summary>
    public void ReplaceTop(float key, int place) => SinkFromTop(new(key, place));

    private void SinkFromTop(Entry entry)
    {
        var entries = _entries.AsSpan(0, Count);
        var at = 0;
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= entries.Length) break;
            if (child + 1 < entries.Length && entries[child + 1].Key < entries[child].Key) child++;
            if (entry.Key <= entries[child].Key) break;
            entries[at] = entries[child];
            at = child;
        }

        entries[at] = entry;
    }
}
