using System.Runtime.InteropServices;

namespace VectorCluster.Engine.Memory;

/// <summary>Native blocks; of large ones the system is told that 2 MiB pages pay: a search jumps all over them, and
/// with pages of 4 KiB most jumps would also look up a page.</summary>
internal static unsafe class HugePages
{
    private const nuint CacheLine = 64; // and the widest vector load
    private const nuint PageBytes = 2 * 1024 * 1024;
    private const int HugePageAdvice = 14; // MADV_HUGEPAGE of Linux

    private static readonly nint Advise = FindAdvise();

    /// <returns>Memory for NativeMemory.AlignedFree, on a cache line at least; not cleared.</returns>
    public static nint Allocate(nuint bytes)
    {
        var isLarge = bytes >= 2 * PageBytes && Advise != 0;
        var block = NativeMemory.AlignedAlloc(bytes, isLarge ? PageBytes : CacheLine);

        // Safety: int madvise(void*, size_t, int) on whole pages of this block; where it fails, pages are small.
        if (isLarge)
            ((delegate* unmanaged<void*, nuint, int, int>)Advise)(block, bytes / PageBytes * PageBytes, HugePageAdvice);
        return (nint)block;
    }

    private static nint FindAdvise() =>
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc.so.6", out var library)
        && NativeLibrary.TryGetExport(library, "madvise", out var advise)
            ? advise
            : 0;
}
