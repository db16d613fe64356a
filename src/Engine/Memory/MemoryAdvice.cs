namespace VectorCluster.Engine.Memory;

/// <summary>Tells the system how memory will be used (madvise of Linux); elsewhere nothing.</summary>
internal static unsafe class MemoryAdvice
{
    /// <summary>No reading ahead of a mapped file: a search wants single vectors.</summary>
    public const int Random = 1;

    /// <summary>Pages of 2 MiB.</summary>
    public const int HugePage = 14;

    private static readonly nint Advise = LibC.Find("madvise");

    public static bool IsSupported => Advise != 0;

    /// <param name="start">On a page of the system's.</param>
    public static void Give(void* start, nuint bytes, int advice)
    {
        // Safety: int madvise(void*, size_t, int) on pages that are the caller's; where it fails nothing changes.
        if (IsSupported) ((delegate* unmanaged<void*, nuint, int, int>)Advise)(start, bytes, advice);
    }
}
