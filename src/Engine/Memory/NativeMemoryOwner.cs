using System.Buffers;

namespace VectorCluster.Engine.Memory;

/// <summary>Shows native memory as <see cref="Memory{T}"/>, so that a store can read a page straight into its
/// place.</summary>
internal sealed unsafe class NativeMemoryOwner(byte* start, int length) : MemoryManager<byte>
{
    // Safety: the region that owns the memory outlives the load that this object serves, and never moves it.
    public override Span<byte> GetSpan() => new(start, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
