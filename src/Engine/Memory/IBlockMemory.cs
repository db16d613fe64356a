namespace VectorCluster.Engine.Memory;

/// <summary>Where the blocks of a region lie.</summary>
internal interface IBlockMemory
{
    /// <summary>What blocks take of the process's own memory at most; the rest the system may take away and bring
    /// back.</summary>
    long MostResidentBytes { get; }

    /// <returns>Memory on a cache line at least; not cleared.</returns>
    /// <exception cref="IOException">There is no room on the disk.</exception>
    nint Allocate(nuint bytes);

    void Free(nint block);
}
