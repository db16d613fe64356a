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
/// stores. What a step of a search finds is offered key by key and merged in at once: the array is moved once a step
/// then, and the binary searches overlap. At most ef accepted entries stay; what lies behind the last of them is
/// dropped. Rejected entries are stepping stones only.
/// </remarks>
internal sealed unsafe class Beam : IDisposable
{
    /// <summary>Places a graph can have: a key has 30 bits for them.</summary>
    public const int MaxPlaces = 1 << 30;

    private const ulong ExpandedFlag = 1;
    private const ulong RejectedFlag = 2;
    private const int FlagBits = 2;
    private const int KeysPerVector = 8;

    /// <summary>Offered keys up to here are sorted by insertion.</summary>
    private const int FewOffers = 24;

    private ulong* _keys;
    private ulong* _merged; // as large as the keys; the two change places
    private ulong* _offers;
    private int* _positions;
    private int _capacity;
    private int _offersCapacity;
    private int _offerCount;
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
        (_offerCount, _acceptedOffers) = (0, 0);
        (Seen, SeenAccepted) = (0, 0);
        Worst = float.PositiveInfinity;
        EnsureCapacity(ef + 1 + offers);
        EnsureOffers(offers);
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
        var at = PositionOf(key);
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
        Debug.Assert(_offerCount < _offersCapacity);
        _offers[_offerCount++] = KeyOf(order, place) | (isAccepted ? 0 : RejectedFlag);
        _acceptedOffers += Unsafe.BitCast<bool, byte>(isAccepted);
    }

    /// <summary>Takes in what was offered.</summary>
    public void Merge()
    {
        var offered = _offerCount;
        if (offered == 0) return;
        if (_count + offered > _capacity) EnsureCapacity(_count + offered);
        SortOffers();
        for (var i = 0; i < offered; i++) _positions[i] = PositionOf(_offers[i]);
        var end = _merged;
        var from = 0;
        for (var i = 0; i < offered; i++)
        {
            end = Copy(from, _positions[i], end);
            *end++ = _offers[i];
            from = _positions[i];
        }

        Copy(from, _count, end);
        var keys = _merged;
        _merged = _keys;
        _keys = keys;
        _count += offered;
        _accepted += _acceptedOffers;
        NoteSeen(offered, _acceptedOffers);
        if (_positions[0] < _next) _next = _positions[0];
        (_offerCount, _acceptedOffers) = (0, 0);
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
        NativeMemory.Free(_offers);
        NativeMemory.Free(_positions);
        _keys = null;
        _merged = null;
        _offers = null;
        _positions = null;
        (_capacity, _offersCapacity) = (0, 0);
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
    private static int IsSmaller(ulong a, ulong b) =>
        Unsafe.BitCast<bool, byte>(a < b); // a number, so that the search has no branch to mispredict

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
        var bytes = (nuint)(capacity + (2 * KeysPerVector)) * sizeof(ulong);
        var larger = (ulong*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(larger, bytes);
        new ReadOnlySpan<ulong>(_keys, _count).CopyTo(new(larger, capacity));
        NativeMemory.AlignedFree(_keys);
        NativeMemory.AlignedFree(_merged);
        _keys = larger;
        _merged = (ulong*)NativeMemory.AlignedAlloc(bytes, 64);
        _capacity = capacity;
    }

    private void EnsureOffers(int count)
    {
        if (count <= _offersCapacity) return;
        NativeMemory.Free(_offers);
        NativeMemory.Free(_positions);
        _offers = (ulong*)NativeMemory.Alloc((nuint)count, sizeof(ulong));
        _positions = (int*)NativeMemory.Alloc((nuint)count, sizeof(int));
        _offersCapacity = count;
    }

    private void SortOffers()
    {
        var count = _offerCount;
        if (count > FewOffers)
        {
            new Span<ulong>(_offers, count).Sort();
            return;
        }

        for (var i = 1; i < count; i++)
        {
            var key = _offers[i];
            var at = i;
            for (; at > 0 && _offers[at - 1] > key; at--) _offers[at] = _offers[at - 1];
            _offers[at] = key;
        }
    }

    /// <summary>Copies a run of keys behind what was merged, in whole vectors: what is written too much is written over
    /// by what follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong* Copy(int from, int to, ulong* end)
    {
        // Safety: up to a vector too much is read and written, which the capacity leaves room for.
        for (var i = from; i < to; i += KeysPerVector) Vector512.Load(_keys + i).Store(end + i - from);
        return end + to - from;
    }
}
