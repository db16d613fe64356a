using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Hnsw;

/// <summary>The nearest places found so far, nearest first: what is still to be expanded, and what will be the result,
/// in one sorted array.</summary>
/// <remarks>
/// An entry is one 64-bit key: the order value's bits, made to sort as unsigned numbers, then the place, then two
/// flags. What a step of a search finds is offered key by key and merged in at once: the array is moved once a step
/// then. At most ef accepted entries stay; what lies behind the last of them is dropped. Rejected entries are stepping
/// stones only.
/// </remarks>
internal sealed unsafe class Beam : IDisposable
{
    /// <summary>Places a graph can have: a key has 30 bits for them.</summary>
    public const int MaxPlaces = 1 << 30;

    private const ulong ExpandedFlag = 1;
    private const ulong RejectedFlag = 2;
    private const int FlagBits = 2;

    private readonly OfferedKeys _offers = new();
    private ulong* _keys;
    private ulong* _merged; // as large as the keys; the two change places
    private int _capacity;
    private int _acceptedOffers;
    private int _count;
    private int _accepted;
    private int _ef;
    private int _next; // no entry before it waits to be expanded

    /// <summary>Order value from which on a place is too far: infinite until ef places were accepted.</summary>
    public float Worst { get; private set; }

    public int Count => _count;

    /// <summary>Places taken in since <see cref="Clear"/>, those included that were dropped again.</summary>
    public int Seen { get; private set; }

    /// <summary>Of those <see cref="Seen"/>, the accepted ones.</summary>
    public int SeenAccepted { get; private set; }

    /// <param name="offers">How many may be offered before they are merged.</param>
    public void Clear(int ef, int offers = 0)
    {
        (_count, _accepted, _next, _ef) = (0, 0, 0, ef);
        _acceptedOffers = 0;
        (Seen, SeenAccepted) = (0, 0);
        Worst = float.PositiveInfinity;
        EnsureCapacity(ef + 1 + offers);
        _offers.Clear(offers);
    }

    public int PlaceAt(int index) => PlaceOf(_keys[index]);

    public float OrderAt(int index) => OrderOf(_keys[index]);

    public bool IsAccepted(int index) => (_keys[index] & RejectedFlag) == 0;

    /// <summary>Takes in a place that was not offered before and is nearer than <see cref="Worst"/>.</summary>
    public void Insert(float order, int place, bool isAccepted)
    {
        Debug.Assert(order < Worst || float.IsPositiveInfinity(Worst));
        if (_count == _capacity) EnsureCapacity(_count + 1);
        var key = KeyOf(order, place) | (isAccepted ? 0 : RejectedFlag);
        var at = SortedKeys.PositionOf(key, _keys, _count);
        ShiftFrom(at);
        _keys[at] = key;
        _count++;
        if (isAccepted && ++_accepted >= _ef) DropTail();
        if (at < _next) _next = at;
    }

    /// <summary>Takes in a place like <see cref="Insert"/>, but only with the next <see cref="Merge"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(float order, int place, bool isAccepted)
    {
        _offers.Add(KeyOf(order, place) | (isAccepted ? 0 : RejectedFlag));
        _acceptedOffers += Unsafe.BitCast<bool, byte>(isAccepted);
    }

    /// <summary>Takes in what was offered.</summary>
    public void Merge()
    {
        var offered = _offers.Count;
        if (offered == 0) return;
        if (_count + offered > _capacity) EnsureCapacity(_count + offered);
        var first = _offers.MergeInto(_keys, _count, _merged);
        var keys = _merged;
        _merged = _keys;
        _keys = keys;
        _count += offered;
        _accepted += _acceptedOffers;
        NoteSeen(offered, _acceptedOffers);
        if (first < _next) _next = first;
        _acceptedOffers = 0;
        if (_accepted >= _ef) DropTail();
    }

    /// <summary>Counts places that were inserted, or kept elsewhere.</summary>
    public void NoteSeen(int count, int accepted)
    {
        Seen += count;
        SeenAccepted += accepted;
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

    /// <summary>The entry that would be taken after so many others; −1: there are not so many.</summary>
    public int Upcoming(int skipped)
    {
        for (var at = _next; at < _count; at++)
            if ((_keys[at] & ExpandedFlag) == 0 && skipped-- == 0) return at;
        return -1;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_keys);
        NativeMemory.AlignedFree(_merged);
        _offers.Dispose();
        _keys = null;
        _merged = null;
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
            var following = Vector512.Load(at + SortedKeys.PerVector);
            moved.Store(at + 1);
            moved = following;
            at += SortedKeys.PerVector;
        }
    }

    /// <summary>Drops what lies behind the ef-th accepted entry.</summary>
    private void DropTail()
    {
        while (_accepted > _ef)
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
        var bytes = (nuint)(capacity + SortedKeys.Padding) * sizeof(ulong);
        var larger = (ulong*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(larger, bytes);
        new ReadOnlySpan<ulong>(_keys, _count).CopyTo(new(larger, capacity));
        NativeMemory.AlignedFree(_keys);
        NativeMemory.AlignedFree(_merged);
        _keys = larger;
        _merged = (ulong*)NativeMemory.AlignedAlloc(bytes, 64);
        _capacity = capacity;
    }
}
