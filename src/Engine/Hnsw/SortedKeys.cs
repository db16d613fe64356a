using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Hnsw;

/// <summary>Finding the place of a key in a sorted array.</summary>
internal static unsafe class SortedKeys
{
    /// <summary>Keys behind the end of an array that may be read, and written where the array is.</summary>
    public const int Padding = CountedAtOnce;

    /// <summary>Keys of a vector.</summary>
    public const int PerVector = 8;

    private const int CountedAtOnce = 4 * PerVector;

    /// <summary>How many keys are smaller: by halves without branches, and the last few counted at once, which takes no
    /// longer than one more half would.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PositionOf(ulong key, ulong* keys, int count)
    {
        // Safety: reads no more than Padding behind the end.
        var at = keys;
        var left = count;
        while (left > CountedAtOnce)
        {
            var half = left >> 1;
            var isSmaller = Unsafe.BitCast<bool, byte>(at[half - 1] < key); // a number: no branch
            at += half & -isSmaller;
            left -= half;
        }

        var all = Vector512.Create(key);
        var smaller = Smaller(at, all)
            | (Smaller(at + PerVector, all) << PerVector)
            | (Smaller(at + (2 * PerVector), all) << (2 * PerVector))
            | (Smaller(at + (3 * PerVector), all) << (3 * PerVector));
        return (int)(at - keys) + BitOperations.PopCount(smaller & ((1ul << left) - 1));
    }

    /// <returns>A bit for each of the vector's keys that is smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Smaller(ulong* keys, Vector512<ulong> key) =>
        Vector512.LessThan(Vector512.Load(keys), key).ExtractMostSignificantBits();
}
