using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace VectorCluster.Coordinator.Catalogue;

/// <summary>Values that count for a while after they began to be read; and for longer, for those who ask for that,
/// while the store does not answer.</summary>
/// <param name="lease">How long; null: for ever.</param>
internal sealed class LeasedCache<TKey, TValue>(IEqualityComparer<TKey>? comparer, TimeSpan? lease, TimeProvider time)
    where TKey : notnull
    where TValue : class
{
    /// <summary>How long to wait for the store where there is an old value; and, where that was for nothing, how long
    /// nobody asks it again who has one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TKey, (TValue Value, long ReadFrom)> _entries = new(comparer);
    private Outage? _outage;

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

    /// <summary>What counts, or what can be read; while the store does not answer, what was read last.</summary>
    /// <param name="read">Also sets what it reads, and removes what is not there.</param>
    /// <returns>Null: there is no such value.</returns>
    /// <exception cref="StoreUnavailableException">The store does not answer, and nothing was read before.</exception>
    public async ValueTask<TValue?> GetOrLastAsync(
        TKey key, Func<CancellationToken, ValueTask<TValue?>> read, CancellationToken cancellationToken)
    {
        if (TryGet(key, out var value)) return value;
        if (!TryGetLast(key, out _)) return await read(cancellationToken);
        if (_outage is { } outage && time.GetElapsedTime(outage.Since) < Patience && TryGetLast(key, out value))
            return value;
        try
        {
            return await ReadInTimeAsync().WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception exception) when (IsAway(exception))
        {
            if (!TryGetLast(key, out value)) return await read(cancellationToken); // it was forgotten meanwhile
            _outage = new(Now);
            return value;
        }

        bool IsAway(Exception exception) => exception is StoreUnavailableException or TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

        // Not waited for to its end: giving up a call may take long too.
        async Task<TValue?> ReadInTimeAsync()
        {
            using var patience = new CancellationTokenSource(Patience, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            return await read(both.Token);
        }
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

    private bool TryGetLast(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        value = _entries.TryGetValue(key, out var entry) ? entry.Value : null;
        return value is not null;
    }

    /// <param name="Since">Timestamp.</param>
    private sealed record Outage(long Since);
}
