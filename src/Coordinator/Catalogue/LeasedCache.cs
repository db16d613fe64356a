using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace VectorCluster.Coordinator.Catalogue;

/// <summary>Values that count for a while after they began to be read.</summary>
/// <param name="lease">How long; null: for ever.</param>
internal sealed class LeasedCache<TKey, TValue>(IEqualityComparer<TKey>? comparer, TimeSpan? lease, TimeProvider time)
    where TKey : notnull
    where TValue : class
{
    private readonly ConcurrentDictionary<TKey, (TValue Value, long ReadFrom)> _entries = new(comparer);

    public int Count => _entries.Count;

    /// <summary>To be asked before a read or a write begins: from then on what it brings grows old.</summary>
    public long Now => time.GetTimestamp();

    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        var isThere = _entries.TryGetValue(key, out var entry)
            && (lease is not { } limit || time.GetElapsedTime(entry.ReadFrom) < limit);
        value = isThere ? entry.Value : null;
        return isThere;
    }

    public TValue Set(TKey key, TValue value, long readFrom)
    {
        _entries[key] = (value, readFrom);
        return value;
    }

    public void Remove(TKey key) => _entries.TryRemove(key, out _);

    public void RemoveWhere(Predicate<TKey> condition)
    {
        foreach (var key in _entries.Keys)
            if (condition(key)) _entries.TryRemove(key, out _);
    }

    public void Clear() => _entries.Clear();
}
