using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using VectorCluster.Engine.Memory;

namespace VectorCluster.Engine.Points;

/// <summary>The points of a shard by place: a dense number that also names the point's vectors, links and index
/// entries.</summary>
/// <remarks>
/// Every write of vectors takes a new place and ends the life of the old one, so that a search sees the points as of
/// one LSN: those with CreatedAt ≤ LSN &lt; DeletedAt. One writer; readers need no lock. A place that was loaded dead
/// has no id and no payload any more; nothing looks at those of a place that it does not see.
/// </remarks>
internal sealed unsafe class PointTable
{
    /// <summary>Records a page: 16 KiB.</summary>
    public const int RecordsPerPage = 256;

    private readonly Region _records;
    private readonly BlobArena _blobs;
    private readonly IntHashTable _byId = new();
    private ulong[] _ended = []; // a bit a place that was deleted or replaced; in the caches where records are not

    public PointTable(Region records, BlobArena blobs)
    {
        _records = records;
        _blobs = blobs;
        records.Scrubber = Scrub;
    }

    /// <summary>Places in use, live or not.</summary>
    public int Count => _records.Count;

    /// <summary>Points that are not deleted.</summary>
    public int LiveCount { get; private set; }

    /// <summary>Places of points that were deleted or replaced.</summary>
    public int DeadCount => Count - LiveCount;

    /// <summary>Vectors of the points that are not deleted, over all names.</summary>
    public long LiveVectorCount { get; private set; }

    /// <summary>A bit a place that was deleted or replaced; places past its end were not.</summary>
    public ulong[] Ended => Volatile.Read(ref _ended);

    /// <summary>Of the table of ids, and of what tells ended places.</summary>
    public long ManagedBytes => _byId.ResidentBytes + ((long)_ended.Length * sizeof(ulong));

    public ref PointRecord this[int place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref *(PointRecord*)_records.Record(place);
    }

    /// <summary>Whether a search as of an LSN sees the place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsVisible(int place, long lsn)
    {
        var record = (PointRecord*)_records.Record(place);
        return Volatile.Read(ref record->DeletedAt) > lsn && record->CreatedAt <= lsn;
    }

    /// <summary>As <see cref="IsVisible"/> for a place that was applied before the LSN was read: only those that ended
    /// since they were made need a look at their record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsAppliedVisible(int place, long lsn)
    {
        var ended = Volatile.Read(ref _ended);
        var word = place >> 6;
        return word >= ended.Length || (ended[word] & (1UL << place)) == 0 || IsVisible(place, lsn);
    }

    /// <summary>Asks for a place's record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int place) => CacheLines.PrefetchIntoL1(_records.Record(place), sizeof(PointRecord));

    public bool IsLive(int place) => Volatile.Read(ref this[place].DeletedAt) == PointRecord.Live;

    /// <returns>The live place of a point; −1 if there is none.</returns>
    public int Find(PointId id)
    {
        var place = NewestOf(id);
        while (place >= 0 && !IsLive(place))
        {
            var newer = NewestOf(id);
            if (newer == place) return -1;
            place = newer; // it was replaced just now
        }

        return place;
    }

    /// <returns>The place of a point that a search as of an LSN sees; −1 if there is none.</returns>
    public int FindAsOf(PointId id, long lsn)
    {
        for (var place = NewestOf(id); place >= 0; place = (int)this[place].Previous - 1)
        {
            if (IsVisible(place, lsn)) return place;
            if (this[place].CreatedAt <= lsn) break;
        }

        return -1;
    }

    /// <summary>Makes a place for a point and ends the one it had.</summary>
    /// <remarks>In this order, so that no reader misses the point: the whole record, its publication, the id, the end
    /// of the old place. Until the LSN is published readers see the old one.</remarks>
    public int Append(PointId id, long lsn, uint payload, uint vectorMask)
    {
        var old = NewestOf(id);
        var isText = id.Kind == PointIdKind.Text;
        var bits = isText ? PointIdHash.HashText(id.Text) : id.Bits;
        var place = Add(id, new()
        {
            IdLow = (ulong)bits,
            IdHigh = (ulong)(bits >> 64),
            CreatedAt = lsn,
            DeletedAt = PointRecord.Live,
            Version = lsn,
            Payload = payload,
            IdText = isText ? _blobs.Append(Encoding.UTF8.GetBytes(id.Text)) : 0,
            VectorMask = vectorMask,
            IdKind = id.Kind,
            Previous = (uint)(old + 1),
        });
        if (old >= 0 && IsLive(old)) Delete(old, lsn);
        return place;
    }

    /// <summary>Makes a place for a live point of another table, as it is there.</summary>
    /// <remarks>No reader looks at this table yet. A place that the point had before must be dead.</remarks>
    public int AppendCopy(PointTable from, int place)
    {
        Debug.Assert(from.IsLive(place));
        var record = from[place];
        record.Payload = _blobs.Append(from._blobs.Read(record.Payload));
        record.IdText = _blobs.Append(from._blobs.Read(record.IdText));
        record.Previous = 0;
        return Add(from.IdOf(place), record);
    }

    public void Delete(int place, long lsn)
    {
        Volatile.Write(ref this[place].DeletedAt, lsn);
        NoteEnd(place);
        _records.MarkDirty(place);
        _blobs.Erase(this[place].Payload);
        _blobs.Erase(this[place].IdText);
        LiveCount--;
        LiveVectorCount -= BitOperations.PopCount(this[place].VectorMask);
    }

    public void SetPayload(int place, long lsn, uint payload)
    {
        if (this[place].Payload != payload) _blobs.Erase(this[place].Payload);
        Volatile.Write(ref this[place].Payload, payload);
        Volatile.Write(ref this[place].Version, lsn);
        _records.MarkDirty(place);
    }

    /// <summary>UTF-8 JSON object of a place's payload.</summary>
    public ReadOnlySpan<byte> PayloadOf(int place)
    {
        var payload = _blobs.Read(Volatile.Read(ref this[place].Payload));
        return payload.IsEmpty ? "{}"u8 : payload;
    }

    public PointId IdOf(int place)
    {
        ref var record = ref this[place];
        return record.IdKind switch
        {
            PointIdKind.Number => PointId.FromNumber(record.IdLow),
            PointIdKind.Uuid => PointId.FromUuidBits(new UInt128(record.IdHigh, record.IdLow)),
            _ => PointId.FromText(Encoding.UTF8.GetString(_blobs.Read(record.IdText))),
        };
    }

    /// <summary>As <see cref="PointId.CompareTo"/>, without making the ids.</summary>
    public int CompareIds(int a, int b)
    {
        ref var left = ref this[a];
        ref var right = ref this[b];
        if (left.IdKind != right.IdKind) return left.IdKind.CompareTo(right.IdKind);
        return left.IdKind == PointIdKind.Text
            ? _blobs.Read(left.IdText).SequenceCompareTo(_blobs.Read(right.IdText))
            : new UInt128(left.IdHigh, left.IdLow).CompareTo(new UInt128(right.IdHigh, right.IdLow));
    }

    /// <summary>As <see cref="PointId.CompareTo"/> of the place's id and another one.</summary>
    public int CompareIdTo(int place, PointId id)
    {
        ref var record = ref this[place];
        if (record.IdKind != id.Kind) return record.IdKind.CompareTo(id.Kind);
        return id.Kind == PointIdKind.Text
            ? IdOf(place).CompareTo(id)
            : new UInt128(record.IdHigh, record.IdLow).CompareTo(id.Bits);
    }

    /// <summary>Fills the table of ids from loaded records. Later places win, as later writes did.</summary>
    public void RebuildIdTable()
    {
        (LiveCount, LiveVectorCount) = (0, 0);
        for (var place = 0; place < Count; place++)
        {
            if (!IsLive(place))
            {
                NoteEnd(place);
                continue;
            }

            ref var record = ref this[place];
            var hash = PointIdHash.HashBits(record.IdKind, new(record.IdHigh, record.IdLow));
            _byId.Set(new Keys(this), (uint)hash, IdOf(place), place);
            LiveCount++;
            LiveVectorCount += BitOperations.PopCount(record.VectorMask);
        }
    }

    private int Add(PointId id, in PointRecord record)
    {
        var place = Count;
        _records.Reserve(place + 1);
        this[place] = record;
        _records.MarkDirty(place);
        _records.Grow(place + 1);
        var hash = PointIdHash.HashBits(record.IdKind, new(record.IdHigh, record.IdLow));
        _byId.Set(new Keys(this), (uint)hash, id, place);
        LiveCount++;
        LiveVectorCount += BitOperations.PopCount(record.VectorMask);
        return place;
    }

    /// <summary>One writer; the LSN that is published after it makes the bit known to whoever reads as of it.</summary>
    private void NoteEnd(int place)
    {
        var word = place >> 6;
        if (word >= _ended.Length)
        {
            var larger = new ulong[Math.Max(word + 1, _ended.Length * 2)];
            _ended.CopyTo(larger, 0);
            Volatile.Write(ref _ended, larger);
        }

        Volatile.Write(ref _ended[word], _ended[word] | (1UL << place));
    }

    /// <summary>Of a dead place only what makes it a stepping stone of the graph is saved: not which point it was, nor
    /// what it had.</summary>
    private static void Scrub(int page, Span<byte> copy)
    {
        foreach (ref var record in MemoryMarshal.Cast<byte, PointRecord>(copy))
        {
            if (record.DeletedAt == PointRecord.Live) continue;
            (record.IdLow, record.IdHigh, record.IdKind) = (0, 0, PointIdKind.Number);
            (record.Payload, record.IdText) = (0, 0);
        }
    }

    /// <summary>The newest place of a point, dead or alive; −1 if there is none.</summary>
    private int NewestOf(PointId id) => _byId.Find<Keys, PointId>(new Keys(this), (uint)PointIdHash.Hash(id), id);

    private readonly struct Keys(PointTable table) : IntHashTable.IKeys<PointId>
    {
        public bool Matches(int place, PointId id)
        {
            ref var record = ref table[place];
            if (record.IdKind != id.Kind) return false;
            if (id.Kind != PointIdKind.Text) return new UInt128(record.IdHigh, record.IdLow) == id.Bits;
            Span<byte> utf8 = stackalloc byte[PointId.MaxTextBytes];
            return TextMatches(record.IdText, utf8[..Encoding.UTF8.GetBytes(id.Text, utf8)]);
        }

        public uint HashOf(int place)
        {
            ref var record = ref table[place];
            return (uint)PointIdHash.HashBits(record.IdKind, new(record.IdHigh, record.IdLow));
        }

        private bool TextMatches(uint reference, ReadOnlySpan<byte> utf8) =>
            table._blobs.Read(reference).SequenceEqual(utf8);
    }
}
