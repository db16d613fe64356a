using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace VectorCluster.Engine.Memory;

/// <summary>Asks for memory before it is needed. Does nothing where the processor has no such instruction.</summary>
internal static unsafe class CacheLines
{
    private const int Bytes = 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchIntoL1(byte* start, int length)
    {
        // Safety: a prefetch of any address is allowed; one past the end brings nothing.
        if (!Sse.IsSupported) return;
        for (var at = 0; at < length; at += Bytes) Sse.Prefetch0(start + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PrefetchIntoL2(byte* start, int length)
    {
        // Safety: as above.
        if (!Sse.IsSupported) return;
        for (var at = 0; at < length; at += Bytes) Sse.Prefetch1(start + at);
    }
}
