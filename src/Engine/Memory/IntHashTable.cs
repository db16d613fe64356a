using System.Numerics;

namespace VectorCluster.Engine.Memory;

/// <summary>Open-addressing table of non-negative integers, which name keys that stand elsewhere. One writer, many
/// readers.</summary>
/// <remarks>
/// An entry is written last, so a reader finds it whole or not at all; a grown table replaces the old one in one store,
/// and readers of the old one just miss what came later. Entries are never removed, only replaced in place.
/// </remarks>
internal sealed class IntHashTable
{
    private const int Free = -1;
    private const int MinCapacity = 16;

    private int[] _entries = NewEntries(MinCapacity);
    private int _used;

    public long ResidentBytes => (long)_entries.Length * sizeof(int);

    /// <summary>Decides whether an entry names the key that is looked for, and hashes the keys that entries
    /// name.</summary>
    internal interface IKeys<TKey>
        where TKey : allows ref struct
    {
        bool Matches(int entry, TKey key);

        uint HashOf(int entry);
    }

    /// <returns>The entry with that key; −1 if there is none.</returns>
    public int Find<TKeys, TKey>(in TKeys keys, uint hash, TKey key)
        where TKeys : struct, IKeys<TKey>
        where TKey : allows ref struct
    {
        var entries = Volatile.Read(ref _entries);
        var mask = (uint)entries.Length - 1;
        for (var at = Spread(hash) & mask; ; at = (at + 1) & mask)
        {
            var entry = Volatile.Read(ref entries[at]);
            if (entry == Free || keys.Matches(entry, key)) return entry;
        }
    }

    /// <summary>Sets the entry of a key, in place of one that has the same key.</summary>
    public void Set<TKeys, TKey>(in TKeys keys, uint hash, TKey key, int entry)
        where TKeys : struct, IKeys<TKey>
        where TKey : allows ref struct
    {
        if ((_used + 1) * 4L > _entries.Length * 3L) Enlarge<TKeys, TKey>(keys);
        var mask = (uint)_entries.Length - 1;
        for (var at = Spread(hash) & mask; ; at = (at + 1) & mask)
        {
            var present = _entries[at];
            if (present != Free && !keys.Matches(present, key)) continue;
            if (present == Free) _used++;
            Volatile.Write(ref _entries[at], entry);
            return;
        }
    }

    private static int[] NewEntries(int capacity)
    {
        var entries = new int[capacity];
        Array.Fill(entries, Free);
        return entries;
    }

    private static uint Spread(uint hash) => BitOperations.RotateLeft(hash * 0x9E3779B1u, 15);

    private void Enlarge<TKeys, TKey>(in TKeys keys)
        where TKeys : struct, IKeys<TKey>
        where TKey : allows ref struct
    {
        var larger = NewEntries(_entries.Length * 2);
        var mask = (uint)larger.Length - 1;
        foreach (var entry in _entries)
        {
            if (entry == Free) continue;
            var at = Spread(keys.HashOf(entry)) & mask;
            while (larger[at] != Free) at = (at + 1) & mask;
            larger[at] = entry;
        }

        Volatile.Write(ref _entries, larger);
    }
}
