using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Hnsw;

/// <summary>The nearest places found so far, nearest first: what is still to be expanded, and what will be the result,
/// in one sorted array.</summary>
/// <remarks>
/// An entry is one 64-bit key: the order value's bits, made to sort as unsigned numbers, then the place, then two
/// flags. So finding where a key belongs is a binary search without branches, and making room for it is a row of vector
/// stores. At most ef accepted entries stay; what lies behind the last of them is dropped. Rejected entries are stepping
/// stones only.
/// </remarks>
internal sealed unsafe class Beam : IDisposable
{
    /// <summary>Places a graph can have: a key has 30 bits for them.</summary>
    public const int MaxPlaces = 1 << 30;

    private const ulong ExpandedFlag = 1;
    private const ulong RejectedFlag = 2;
    private const int FlagBits = 2;
    private const int KeysPerVector = 8;

    private ulong* _keys;
    private int _capacity;
    private int _count;
    private int _accepted;
    private int _ef;
    private int _next; // no entry before it waits to be expanded

    /// <summary>Order value from which on a place is too far: infinite until ef places were accepted.</summary>
    public float Worst { get; private set; }

    public int Count => _count;

    public void Clear(int ef)
    {
        (_count, _accepted, _next, _ef) = (0, 0, 0, ef);
        Worst = float.PositiveInfinity;
        EnsureCapacity(ef + 1);
    }

    public int PlaceAt(int index) => PlaceOf(_keys[index]);

    public float OrderAt(int index) => OrderOf(_keys[index]);

    public bool IsAccepted(int index) => (_keys[index] & RejectedFlag) == 0;

    /// <summary>Takes in a place that was not offered before and is nearer than <see cref="Worst"/>.</summary>
    /// <returns>How many entries that wait to be expanded may come before it.</returns>
    public int Insert(float order, int place, bool isAccepted)
    {
        Debug.Assert(order < Worst || float.IsPositiveInfinity(Worst));
        if (_count == _capacity) EnsureCapacity(_count + 1);
        var key = KeyOf(order, place) | (isAccepted ? 0 : RejectedFlag);
        var at = PositionOf(key);
        ShiftFrom(at);
        _keys[at] = key;
        _count++;
        if (isAccepted && ++_accepted >= _ef) DropTail();
        var ahead = at - _next;
        if (ahead < 0) _next = at;
        return ahead;
    }

    /// <summary>The nearest place that was not expanded, which counts as expanded from now on.</summary>
    /// <returns>−1: all were.</returns>
    public int TakeNearest()
    {
        var keys = _keys;
        var count = _count;
        for (var at = _next; at < count; at++)
        {
            if ((keys[at] & ExpandedFlag) != 0) continue;
            keys[at] |= ExpandedFlag;
            _next = at + 1;
            return PlaceOf(keys[at]);
        }

        _next = count;
        return -1;
    }

    /// <summary>The place that would be taken after so many others; −1: there are not so many.</summary>
    public int Upcoming(int skipped)
    {
        for (var at = _next; at < _count; at++)
            if ((_keys[at] & ExpandedFlag) == 0 && skipped-- == 0) return PlaceOf(_keys[at]);
        return -1;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_keys);
        _keys = null;
        _capacity = 0;
    }

    private static ulong KeyOf(float order, int place)
    {
        Debug.Assert((uint)place < MaxPlaces);
        var bits = BitConverter.SingleToInt32Bits(order);
        var sortable = (uint)(bits ^ ((bits >> 31) | int.MinValue)); // negative ones turned round, below the others
        return ((ulong)sortable << 32) | ((uint)place << FlagBits);
    }

    private static int PlaceOf(ulong key) => (int)((uint)key >> FlagBits);

    private static float OrderOf(ulong key)
    {
        var sortable = (int)(key >> 32);
        return BitConverter.Int32BitsToSingle(sortable ^ (~(sortable >> 31) | int.MinValue));
    }

    /// <summary>How many keys are smaller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PositionOf(ulong key)
    {
        if (_count == 0) return 0;
        var at = _keys;
        var left = _count;
        while (left > 1)
        {
            var half = left >> 1;
            at += half & -IsSmaller(at[half - 1], key);
            left -= half;
        }

        return (int)(at - _keys) + IsSmaller(*at, key);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IsSmaller(ulong a, ulong b)
    {
        var isSmaller = a < b;
        return Unsafe.As<bool, byte>(ref isSmaller); // a number, so that the search has no branch to mispredict
    }

    /// <summary>Moves the keys from an index on up by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ShiftFrom(int index)
    {
        // Safety: reads and writes up to two vectors past the count, which the capacity leaves room for.
        var at = _keys + index;
        var end = _keys + _count;
        var moved = Vector512.Load(at);
        while (at < end)
        {
            var following = Vector512.Load(at + KeysPerVector);
            moved.Store(at + 1);
            moved = following;
            at += KeysPerVector;
        }
    }

    /// <summary>Drops what lies behind the ef-th accepted entry.</summary>
    private void DropTail()
    {
        if (_accepted > _ef)
        {
            while ((_keys[_count - 1] & RejectedFlag) != 0) _count--;
            _count--;
            _accepted--;
        }

        while ((_keys[_count - 1] & RejectedFlag) != 0) _count--;
        Worst = OrderOf(_keys[_count - 1]);
        if (_next > _count) _next = _count;
    }

    private void EnsureCapacity(int count)
    {
        if (count <= _capacity) return;
        var capacity = Math.Max(count, Math.Max(256, _capacity * 2));
        var bytes = (nuint)(capacity + (2 * KeysPerVector)) * sizeof(ulong);
        var larger = (ulong*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(larger, bytes);
        new ReadOnlySpan<ulong>(_keys, _count).CopyTo(new(larger, capacity));
        NativeMemory.AlignedFree(_keys);
        _keys = larger;
        _capacity = capacity;
    }
}
