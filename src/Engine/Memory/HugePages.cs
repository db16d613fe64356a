using System.Runtime.InteropServices;

namespace VectorCluster.Engine.Memory;

/// <summary>Native blocks; of large ones the system is told that 2 MiB pages pay: a search jumps all over them, and
/// with pages of 4 KiB most jumps would also look up a page.</summary>
internal sealed unsafe class HugePages : IBlockMemory
{
    private const nuint CacheLine = 64; // and the widest vector load
    private const nuint PageBytes = 2 * 1024 * 1024;

    public static HugePages Shared { get; } = new();

    public long MostResidentBytes => long.MaxValue;

    public nint Allocate(nuint bytes)
    {
        var isLarge = bytes >= 2 * PageBytes && MemoryAdvice.IsSupported;
        var block = NativeMemory.AlignedAlloc(bytes, isLarge ? PageBytes : CacheLine);
        if (isLarge) MemoryAdvice.Give(block, bytes / PageBytes * PageBytes, MemoryAdvice.HugePage);
        return (nint)block;
    }

    public void Free(nint block) => NativeMemory.AlignedFree((void*)block);
}
