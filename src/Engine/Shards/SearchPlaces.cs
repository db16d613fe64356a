using VectorCluster.Engine.Hnsw;

namespace VectorCluster.Engine.Shards;

/// <summary>How many searches run at a time, each with scratch memory of its own; the last one used goes first, as it
/// is in the caches.</summary>
internal sealed class SearchPlaces : IDisposable
{
    private readonly object _gate = new(); // a monitor: a lock has nothing to wait for
    private readonly SearchScratch[] _free;
    private int _count;
    private int _waiting;

    public SearchPlaces(int count)
    {
        _free = [.. Enumerable.Range(0, count).Select(_ => new SearchScratch())];
        _count = count;
    }

    /// <returns>Null: none is free, or somebody waits for one.</returns>
    public SearchScratch? TryEnter()
    {
        lock (_gate) return _waiting > 0 || _count == 0 ? null : _free[--_count];
    }

    /// <summary>Waits for one.</summary>
    public SearchScratch Enter()
    {
        lock (_gate)
        {
            _waiting++;
            while (_count == 0) Monitor.Wait(_gate);
            _waiting--;
            return _free[--_count];
        }
    }

    public void Leave(SearchScratch scratch)
    {
        lock (_gate)
        {
            _free[_count++] = scratch;
            if (_waiting > 0) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for all of them first.</summary>
    public void Dispose()
    {
        for (var left = _free.Length; left > 0; left--) Enter().Dispose();
    }
}
