using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using VectorCluster.Engine.Distance;

namespace VectorCluster.Engine.Hnsw;

/// <summary>Keys on their way into a sorted array: collected in any order, merged in at once.</summary>
/// <remarks>
/// Nothing here branches on what the keys are: a processor guesses wrong as often as right there, and a wrong guess
/// costs it what a vector's worth of keys does. A key's rank is counted, not sorted for. And each vector of the merged
/// array is picked from the next of both arrays by a mask that says which of its keys were offered.
/// </remarks>
internal sealed unsafe class OfferedKeys : IDisposable
{
    private const int MasksOfVector = 1 << SortedKeys.PerVector;

    private static readonly bool HasPicking =
        Avx512F.IsSupported && InstructionSets.Current == InstructionSet.Vector512;

    /// <summary>ulong[masks]: of each lane, in a byte, which lane of two vectors it takes.</summary>
    private static readonly ulong[] PickedLanes = [.. Enumerable.Range(0, MasksOfVector).Select(LanesOf)];

    private ulong* _keys;
    private ulong* _sorted;
    private int* _positions; // in the array, of the sorted keys
    private byte* _masks; // of each vector of the merged array; a bit for each key that was offered
    private int _capacity;
    private int _mergedCapacity;

    public int Count { get; private set; }

    /// <summary>Forgets what was offered.</summary>
    /// <param name="offers">How many may be offered before they are merged.</param>
    public void Clear(int offers)
    {
        Count = 0;
        if (offers <= _capacity) return;
        FreeKeys();
        _capacity = offers;
        var room = (nuint)(offers + SortedKeys.PerVector);
        _keys = (ulong*)NativeMemory.Alloc(room, sizeof(ulong));
        _sorted = (ulong*)NativeMemory.Alloc(room, sizeof(ulong));
        _positions = (int*)NativeMemory.Alloc(room, sizeof(int));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong key)
    {
        Debug.Assert(Count < _capacity);
        _keys[Count++] = key;
    }

    /// <summary>Merges what was offered, and forgets it.</summary>
    /// <param name="keys">Sorted; none of them was offered.</param>
    /// <param name="merged">Room for all, and for <see cref="SortedKeys.Padding"/> more.</param>
    /// <returns>Where the first offered key is now.</returns>
    public int MergeInto(ulong* keys, int count, ulong* merged)
    {
        var total = count + Count;
        ReserveMasks(total);
        Rank(keys, count, total);
        if (HasPicking) Pick(keys, merged, total);
        else CopyRuns(keys, count, merged);
        Count = 0;
        return _positions[0];
    }

    public void Dispose()
    {
        FreeKeys();
        NativeMemory.Free(_masks);
        _masks = null;
        (_capacity, _mergedCapacity) = (0, 0);
    }

    /// <summary>The lanes that the keys of a merged vector come from: 0 to 7 from the array, 8 to 15 from what was
    /// offered.</summary>
    private static ulong LanesOf(int mask)
    {
        var lanes = 0ul;
        for (var (lane, offered) = (0, 0); lane < SortedKeys.PerVector; lane++)
        {
            var isOffered = ((mask >> lane) & 1) != 0;
            lanes |= (ulong)(isOffered ? SortedKeys.PerVector + offered : lane - offered) << (8 * lane);
            if (isOffered) offered++;
        }

        return lanes;
    }

    /// <summary>Sorts what was offered, and finds where each key comes to stand.</summary>
    private void Rank(ulong* keys, int count, int total)
    {
        // Safety: the vectors end within a vector of the last key, for which there is room.
        for (var i = Count; i % SortedKeys.PerVector != 0; i++) _keys[i] = ulong.MaxValue; // smaller than none
        NativeMemory.Clear(_masks, (nuint)MasksOf(total));
        for (var i = 0; i < Count; i++)
        {
            var key = _keys[i];
            var all = Vector512.Create(key);
            var rank = 0;
            for (var j = 0; j < Count; j += SortedKeys.PerVector)
                rank += BitOperations.PopCount(SortedKeys.Smaller(_keys + j, all));
            var position = SortedKeys.PositionOf(key, keys, count);
            _sorted[rank] = key;
            _positions[rank] = position;
            var at = position + rank;
            _masks[at / SortedKeys.PerVector] |= (byte)(1 << (at % SortedKeys.PerVector));
        }
    }

    private void Pick(ulong* keys, ulong* merged, int total)
    {
        // Safety: reads and writes up to a vector behind the end of each array.
        var offered = _sorted;
        ref var lanes = ref MemoryMarshal.GetArrayDataReference(PickedLanes);
        for (var at = 0; at < total; at += SortedKeys.PerVector)
        {
            var mask = _masks[at / SortedKeys.PerVector];
            var picked = Vector128.CreateScalarUnsafe(Unsafe.Add(ref lanes, mask)).AsByte();
            Avx512F.PermuteVar8x64x2(
                Vector512.Load(keys), Avx512F.ConvertToVector512UInt64(picked), Vector512.Load(offered))
                .Store(merged + at);
            var taken = BitOperations.PopCount(mask);
            offered += taken;
            keys += SortedKeys.PerVector - taken;
        }
    }

    /// <summary>As <see cref="Pick"/>, without its instruction: copies the runs between offered keys in whole vectors;
    /// what is written too much is written over by what follows.</summary>
    private void CopyRuns(ulong* keys, int count, ulong* merged)
    {
        // Safety: as Pick.
        var from = 0;
        for (var i = 0; i <= Count; i++)
        {
            var to = i < Count ? _positions[i] : count;
            for (var at = from; at < to; at += SortedKeys.PerVector) Vector512.Load(keys + at).Store(merged + at + i);
            if (i < Count) merged[to + i] = _sorted[i];
            from = to;
        }
    }

    private static int MasksOf(int count) => (count + SortedKeys.PerVector - 1) / SortedKeys.PerVector;

    private void ReserveMasks(int merged)
    {
        if (merged <= _mergedCapacity) return;
        _mergedCapacity = Math.Max(merged, 2 * _mergedCapacity);
        NativeMemory.Free(_masks);
        _masks = (byte*)NativeMemory.Alloc((nuint)MasksOf(_mergedCapacity));
    }

    private void FreeKeys()
    {
        NativeMemory.Free(_keys);
        NativeMemory.Free(_sorted);
        NativeMemory.Free(_positions);
        _keys = null;
        _sorted = null;
        _positions = null;
    }
}
