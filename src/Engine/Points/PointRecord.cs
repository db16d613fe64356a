using System.Runtime.InteropServices;

namespace VectorCluster.Engine.Points;

/// <summary>What a shard keeps of a point besides its vectors and its payload's bytes: 64 bytes, described in
/// docs/formats/shard.md.</summary>
/// <remarks>
/// A place is written once, by the write that made it. Later only <see cref="DeletedAt"/> (the point was deleted or
/// replaced), <see cref="Payload"/> and <see cref="Version"/> change, each in one store, so that readers need no lock.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct PointRecord
{
    /// <summary>Value of <see cref="DeletedAt"/> of a live point.</summary>
    public const long Live = long.MaxValue;

    /// <summary>The id's 128 bits; of a string id the hash in the low half.</summary>
    public ulong IdLow;

    public ulong IdHigh;

    /// <summary>LSN of the write that made this place.</summary>
    public long CreatedAt;

    /// <summary>LSN of the write that deleted or replaced the point.</summary>
    public long DeletedAt;

    /// <summary>LSN of the last write to the point.</summary>
    public long Version;

    /// <summary>Reference of the payload in the blob arena; 0 for the empty payload.</summary>
    public uint Payload;

    /// <summary>Reference of a string id in the blob arena; 0 for another kind.</summary>
    public uint IdText;

    /// <summary>Which of the collection's vectors the point has: bit n is the n-th by name.</summary>
    public uint VectorMask;

    public PointIdKind IdKind;

    /// <summary>The place that the point had before, plus one; 0 if it is the point's first.</summary>
    public uint Previous;
}
