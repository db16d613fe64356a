using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VectorCluster.Engine.Memory;

namespace VectorCluster.Engine.Hnsw;

/// <summary>The links of a graph: one record a place for level 0, one more for each level above.</summary>
/// <remarks>
/// A record is a header and a fixed number of neighbours. Readers take no lock: a neighbour is written before the count
/// that includes it, and whatever a slot of the list holds is a place of the graph, so a torn list costs recall for one
/// search, never correctness. Writers of one record exclude each other by a lock of their own (see
/// <see cref="GraphBuilder{TScorer, TScorers}"/>).
/// </remarks>
internal sealed unsafe class LinkStore
{
    /// <summary>Pages of about 4 KiB: an insertion changes single records all over the region.</summary>
    private const int PageBytesWanted = 4096;

    private readonly Region _level0;
    private readonly Region _upper;

    public LinkStore(Region level0, Region upper, int m)
    {
        _level0 = level0;
        _upper = upper;
        MaxUpperLinks = m;
        MaxLevel0Links = 2 * m;
    }

    /// <summary>M: links on each level above 0.</summary>
    public int MaxUpperLinks { get; }

    /// <summary>M0 = 2·M: links on level 0.</summary>
    public int MaxLevel0Links { get; }

    /// <summary>Places that have a record.</summary>
    public int Count => _level0.Count;

    public int UpperCount => _upper.Count;

    public long ResidentBytes => _level0.ResidentBytes + _upper.ResidentBytes;

    public static Region NewLevel0Region(ushort id, int m) => NewRegion(id, sizeof(Header) + (2 * m * sizeof(int)));

    public static Region NewUpperRegion(ushort id, int m) => NewRegion(id, sizeof(Header) + (m * sizeof(int)));

    public void Grow(int places, int upperRecords)
    {
        _level0.Grow(places);
        _upper.Grow(upperRecords);
    }

    /// <summary>Makes a place part of the graph, still without links.</summary>
    /// <param name="firstUpper">First of its <paramref name="level"/> records in the upper region.</param>
    public void Initialize(int place, int level, int firstUpper)
    {
        var header = HeaderOf(place, 0);
        header->FirstUpper = firstUpper;
        header->Level = (byte)level;
        Volatile.Write(ref header->Present, 1);
        _level0.MarkDirty(place);
    }

    /// <summary>Whether a place is part of the graph.</summary>
    public bool IsPresent(int place) => HeaderOf(place, 0)->Present != 0;

    /// <summary>The highest level that a place is on.</summary>
    public int LevelOf(int place) => HeaderOf(place, 0)->Level;

    /// <summary>The neighbours of a place on a level; may change under the reader, but only to other places of the
    /// graph.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Neighbours(int place, int level)
    {
        var header = HeaderOf(place, level);
        return new((int*)(header + 1), Volatile.Read(ref header->Count));
    }

    /// <summary>Has a place's links on level 0 brought into the first cache; those above are few enough to be
    /// there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int place, int level)
    {
        if (level == 0) CacheLines.PrefetchIntoL1(_level0.Record(place), _level0.RecordBytes);
    }

    public int Capacity(int level) => level == 0 ? MaxLevel0Links : MaxUpperLinks;

    /// <summary>Adds a neighbour; the caller holds the record's lock and knows that there is room.</summary>
    public void AddNeedsLock(int place, int level, int neighbour)
    {
        var header = HeaderOf(place, level);
        ((int*)(header + 1))[header->Count] = neighbour;
        Volatile.Write(ref header->Count, (ushort)(header->Count + 1));
        MarkDirty(place, level);
    }

    /// <summary>Replaces the list; the caller holds the record's lock.</summary>
    public void SetNeedsLock(int place, int level, ReadOnlySpan<int> neighbours)
    {
        var header = HeaderOf(place, level);
        neighbours.CopyTo(new((int*)(header + 1), neighbours.Length));
        Volatile.Write(ref header->Count, (ushort)neighbours.Length);
        MarkDirty(place, level);
    }

    private static Region NewRegion(ushort id, int recordBytes)
    {
        var records = Math.Max(1, PageBytesWanted / recordBytes);
        return new(id, recordBytes, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)records));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Header* HeaderOf(int place, int level)
    {
        var header = (Header*)_level0.Record(place);
        return level == 0 ? header : (Header*)_upper.Record(header->FirstUpper + level - 1);
    }

    private void MarkDirty(int place, int level)
    {
        if (level == 0) _level0.MarkDirty(place);
        else _upper.MarkDirty(HeaderOf(place, 0)->FirstUpper + level - 1);
    }

    [StructLayout(LayoutKind.Sequential, Size = 8)]
    private struct Header
    {
        public ushort Count;
        public byte Level;
        public byte Present;
        public int FirstUpper;
    }
}
