using VectorCluster.Engine.Memory;
using VectorCluster.Engine.Points;

namespace VectorCluster.Engine.Filters;

/// <summary>Numbers the distinct keys of a payload index from 0, in the order they came. One writer; readers need no
/// lock.</summary>
internal sealed class KeyTable
{
    private readonly IntHashTable _codes = new();
    private byte[] _bytes = new byte[256];
    private int[] _starts = new int[17];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public long ResidentBytes => _bytes.Length + ((long)_starts.Length * sizeof(int)) + _codes.ResidentBytes;

    /// <returns>The key's number; −1 if it is not there.</returns>
    public int Find(ReadOnlySpan<byte> key) => _codes.Find<Keys, ReadOnlySpan<byte>>(new Keys(this), HashOf(key), key);

    public int FindOrAdd(ReadOnlySpan<byte> key)
    {
        var code = Find(key);
        if (code >= 0) return code;
        code = _count;
        var start = _starts[code];
        if (start + key.Length > _bytes.Length)
            Volatile.Write(ref _bytes, Enlarged(_bytes, Math.Max(start + key.Length, _bytes.Length * 2)));
        key.CopyTo(_bytes.AsSpan(start));
        if (code + 2 > _starts.Length) Volatile.Write(ref _starts, Enlarged(_starts, _starts.Length * 2));
        _starts[code + 1] = start + key.Length;
        Volatile.Write(ref _count, code + 1);
        _codes.Set(new Keys(this), HashOf(key), key, code);
        return code;
    }

    public ReadOnlySpan<byte> Key(int code)
    {
        // The larger array of two always has all of the smaller one, so reading them one after the other is safe.
        var starts = Volatile.Read(ref _starts);
        return Volatile.Read(ref _bytes).AsSpan(starts[code]..starts[code + 1]);
    }

    private static uint HashOf(ReadOnlySpan<byte> key)
    {
        var hash = PointIdHash.HashText(key);
        return (uint)(hash ^ (hash >> 32));
    }

    private static T[] Enlarged<T>(T[] array, int length)
    {
        var larger = new T[length];
        array.CopyTo(larger, 0);
        return larger;
    }

    private readonly struct Keys(KeyTable table) : IntHashTable.IKeys<ReadOnlySpan<byte>>
    {
        public bool Matches(int code, ReadOnlySpan<byte> key) => table.Key(code).SequenceEqual(key);

        public uint HashOf(int code) => KeyTable.HashOf(table.Key(code));
    }
}
