using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VectorCluster.Engine.Checkpoints;

namespace VectorCluster.Engine.Memory;

/// <param name="page">The page's number in its region.</param>
/// <param name="copy">All of the page; what readers see is elsewhere.</param>
internal delegate void PageScrubber(int page, Span<byte> copy);

/// <summary>A growing run of equal records off the GC heap, which a checkpoint saves page by page.</summary>
/// <remarks>
/// Records live in blocks that never move, each twice as large as the one before, so that a shard of ten points costs a
/// page and one of ten million a dozen allocations. Records are cleared as they come into use: what was never touched
/// is not resident, so that a shard of ten points costs some kilobytes. A page is a power of two of records and lies in
/// one block. One thread at a time grows the region; any may read records below <see cref="Count"/>
/// meanwhile, and mark records dirty.
/// </remarks>
internal sealed unsafe class Region : IDisposable
{
    private const int ClearedBytes = 4096; // at a time: a page of the system's

    private readonly IBlockMemory _memory;
    private readonly int _recordBytes;
    private readonly int _firstBlockShift;
    private readonly int _pageShift;
    private nint[] _blocks = [];
    private byte[] _dirty = [];
    private int _reservedPages;
    private int _storedPages; // that a checkpoint may have, though the region is smaller now
    private int _clearedRecords;
    private int _count;

    /// <param name="recordBytes">Size of a record; a multiple of 64 keeps every record aligned.</param>
    /// <param name="recordsPerPage">A power of two; a page has at most <see cref="CheckpointPage.MaxBytes"/>.</param>
    /// <param name="memory">Of this region alone, or shared; null: plain memory.</param>
    public Region(ushort id, int recordBytes, int recordsPerPage, IBlockMemory? memory = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(BitOperations.IsPow2(recordsPerPage), true);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)recordBytes * recordsPerPage, CheckpointPage.MaxBytes);
        Id = id;
        _memory = memory ?? HugePages.Shared;
        _recordBytes = recordBytes;
        _pageShift = BitOperations.Log2((uint)recordsPerPage);
        _firstBlockShift = _pageShift;
    }

    /// <summary>Number of the region in the shard's checkpoints.</summary>
    public ushort Id { get; }

    /// <summary>Takes out of the copy of a page what is not to be saved. Null: all is.</summary>
    public PageScrubber? Scrubber { get; set; }

    /// <summary>Records in use.</summary>
    public int Count => Volatile.Read(ref _count);

    public int RecordBytes => _recordBytes;

    public int PageBytes => _recordBytes << _pageShift;

    public int PageCount => (Count + (1 << _pageShift) - 1) >> _pageShift;

    /// <summary>Pages that checkpoints have, or had: those past <see cref="PageCount"/> are zero.</summary>
    public int StoredPageCount
    {
        get => Math.Max(PageCount, _storedPages);
        set => (_storedPages, _dirty) = (value, Enlarged(_dirty, value));
    }

    /// <summary>Whether its large blocks lie in mapped files.</summary>
    public bool IsMapped => _memory is MappedBlocks;

    /// <summary>Bytes that were touched, of those that the system can't take away.</summary>
    public long ResidentBytes =>
        Math.Min((long)Volatile.Read(ref _clearedRecords) * _recordBytes, _memory.MostResidentBytes);

    /// <summary>Start of a record, for as long as the region lives.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Record(int index)
    {
        // Safety: index is below Count, so its block exists; blocks never move and are freed only by Dispose.
        var shifted = (uint)index + (1u << _firstBlockShift);
        var block = BitOperations.Log2(shifted) - _firstBlockShift;
        var start = (byte*)Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_blocks), block);
        return start + ((shifted - (1u << (block + _firstBlockShift))) * (nuint)(uint)_recordBytes);
    }

    /// <summary>Records that lie one after the other from <paramref name="index"/> on, up to the end of their
    /// block.</summary>
    public int ContiguousFrom(int index)
    {
        var shifted = (uint)index + (1u << _firstBlockShift);
        return (int)((2u << BitOperations.Log2(shifted)) - shifted);
    }

    /// <summary>Makes records up to <paramref name="count"/> usable; new ones are zero. Never shrinks.</summary>
    public void Grow(int count)
    {
        Reserve(count);
        if (count > _count) Volatile.Write(ref _count, count);
    }

    /// <summary>As <see cref="Grow"/>, but readers do not see the new records yet: write them, then grow.</summary>
    public void Reserve(int count)
    {
        var wanted = (int)(((long)count + (1 << _pageShift) - 1) >> _pageShift);
        if (wanted > _reservedPages)
        {
            AddPages(wanted);
            _reservedPages = wanted;
        }

        if (count > _clearedRecords) ClearTo(count + (ClearedBytes / _recordBytes));
    }

    /// <summary>To be called before or after a change to a record, in any case before the next checkpoint.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MarkDirty(int index) => _dirty[index >> _pageShift] = 1;

    /// <summary>Copies out the pages changed since the last call and calls them clean. No writer may be at
    /// work.</summary>
    public List<CheckpointPage> TakeDirtyPages()
    {
        var pages = new List<CheckpointPage>();
        for (var page = 0; page < StoredPageCount; page++)
        {
            if (_dirty[page] == 0) continue;
            _dirty[page] = 0;
            var copy = CopyOf(page);
            Scrubber?.Invoke(page, copy);
            pages.Add(new(new(Id, (uint)page), copy));
        }

        return pages;
    }

    /// <summary>Calls all pages changed, also those that only a smaller region's predecessor had: what is stored of
    /// that one is to be written over.</summary>
    public void ReplaceStored(Region predecessor)
    {
        StoredPageCount = predecessor.StoredPageCount;
        _dirty.AsSpan(0, StoredPageCount).Fill(1);
    }

    /// <summary>Marks pages that could not be saved as changed again.</summary>
    public void MarkPageDirty(int page) => _dirty[page] = 1;

    /// <summary>Memory of a page that is being loaded.</summary>
    public Memory<byte> PageMemory(int page)
    {
        ClearTo((page + 1) << _pageShift);
        return new NativeMemoryOwner(Page(page), PageBytes).Memory;
    }

    public void Dispose()
    {
        FreedMemory.Note(ResidentBytes);
        foreach (var block in Interlocked.Exchange(ref _blocks, [])) _memory.Free(block);
        (_count, _clearedRecords) = (0, 0);
    }

    private byte* Page(int page) => Record(page << _pageShift);

    private byte[] CopyOf(int page)
    {
        var copy = new byte[PageBytes];
        if (page >= PageCount) return copy;
        var used = (long)(_clearedRecords - (page << _pageShift)) * _recordBytes;
        new ReadOnlySpan<byte>(Page(page), (int)Math.Min(used, PageBytes)).CopyTo(copy);
        return copy;
    }

    /// <summary>Clears the records up to an index, or to the end of what is reserved.</summary>
    private void ClearTo(int end)
    {
        end = Math.Min(end, _reservedPages << _pageShift);
        var at = _clearedRecords;
        while (at < end)
        {
            var records = Math.Min(ContiguousFrom(at), end - at);
            NativeMemory.Clear(Record(at), (nuint)records * (nuint)(uint)_recordBytes);
            at += records;
        }

        if (end > _clearedRecords) Volatile.Write(ref _clearedRecords, end);
    }

    private void AddPages(int wanted)
    {
        var lastRecord = ((uint)wanted << _pageShift) - 1;
        var blocksNeeded = BitOperations.Log2(lastRecord + (1u << _firstBlockShift)) - _firstBlockShift + 1;
        while (_blocks.Length < blocksNeeded)
        {
            var bytes = (nuint)(uint)_recordBytes << (_firstBlockShift + _blocks.Length);
            var block = _memory.Allocate(bytes);
            Volatile.Write(ref _blocks, [.. _blocks, block]);
        }

        if (_dirty.Length < wanted)
            Volatile.Write(ref _dirty, Enlarged(_dirty, Math.Max(wanted, _dirty.Length * 2)));
    }

    private static byte[] Enlarged(byte[] flags, int length)
    {
        if (flags.Length >= length) return flags;
        var larger = new byte[length];
        flags.CopyTo(larger, 0);
        return larger;
    }
}
