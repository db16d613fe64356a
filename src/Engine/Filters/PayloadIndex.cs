using System.Text.Json;

namespace VectorCluster.Engine.Filters;

/// <summary>An index of one payload path: a column (place → keys) that checks places, and lists (key → places) that
/// find them.</summary>
/// <remarks>
/// The column is exact; the lists may name places that lost the key, so whoever reads a list checks the column. A value
/// that the index's kind has no key for counts as <see cref="Other"/>, and the payload decides. One writer; readers
/// need no lock.
/// </remarks>
internal sealed class PayloadIndex(
    PayloadPath path, PayloadIndexKind kind, Func<int, long> deletedAt, Func<long> appliedLsn)
{
    /// <summary>Code of values without a key. Keys' codes are their numbers in <see cref="Keys"/> plus one.</summary>
    public const int Other = 0;

    private const int NoValue = -1;

    /// <summary>Fewer stale list entries than this are not worth a rebuild.</summary>
    private const int MinStaleToRebuild = 4096;

    private readonly PayloadWalker _walker = new(path);
    private int[] _column = NewColumn(64); // NoValue, a code, or ListBase − offset in _codeLists
    private int _columnLength;
    private int[] _codeLists = new int[16]; // [count, codes …] of places with several values
    private int _codeListsEnd;
    private int[] _liveByCode = new int[16];
    private int _liveEntries;
    private int _keptStale; // entries of dead places that the last rebuild kept for readers of earlier LSNs
    private long _rebuiltAt; // LSN
    private PostingLists _postings = new();
    private OrderedKeys? _ordered = IndexKey.IsOrdered(kind) ? OrderedKeys.Empty : null;

    private const int ListBase = -2;

    public PayloadPath Path => path;

    public PayloadIndexKind Kind => kind;

    public KeyTable Keys { get; } = new();

    /// <summary>Places with at least one value.</summary>
    public int PlaceCount { get; private set; }

    public long ResidentBytes =>
        ((long)(_column.Length + _codeLists.Length + _liveByCode.Length) * sizeof(int))
        + Keys.ResidentBytes + _postings.ResidentBytes;

    /// <summary>Average places a key: an estimate for ranges.</summary>
    public int PlacesPerKey => Math.Max(1, _liveEntries / Math.Max(1, Keys.Count));

    /// <summary>Takes in the values of a place's payload, in place of those it had.</summary>
    public void Set(int place, ReadOnlySpan<byte> payload)
    {
        EnsureColumn(place);
        var collector = new CodeCollector(this);
        _walker.Any(payload, collector, out _);
        var codes = collector.Codes;
        var present = CodesOf(place);
        if (present.Equals(codes)) return;
        foreach (var code in codes)
        {
            if (!present.Contains(code)) _postings.Add(code, place);
            CountLive(code, 1);
        }

        foreach (var code in present) CountLive(code, -1);
        PlaceCount += Math.Sign(codes.Count) - Math.Sign(present.Count);
        var entry = codes.Count switch { 0 => NoValue, 1 => codes[0], _ => AddList(codes) };
        Volatile.Write(ref _column[place], entry);
        RebuildPostingsIfStale();
        if (_ordered is { } ordered && ordered.IsStale(Keys.Count)) Volatile.Write(ref _ordered, OrderedKeys.Of(Keys));
    }

    /// <summary>The place's point was deleted or replaced: its values count no more, but readers of an earlier LSN
    /// still find them.</summary>
    public void Retire(int place)
    {
        var codes = CodesOf(place);
        if (codes.Count == 0) return;
        foreach (var code in codes) CountLive(code, -1);
        PlaceCount--;
        RebuildPostingsIfStale();
    }

    /// <summary>The codes of a place's values.</summary>
    public Codes CodesOf(int place)
    {
        var column = Volatile.Read(ref _column);
        if (place >= column.Length) return default;
        var entry = Volatile.Read(ref column[place]);
        if (entry >= 0) return new(entry, [], 1);
        if (entry == NoValue) return default;
        var lists = Volatile.Read(ref _codeLists);
        var at = ListBase - entry;
        return new(0, lists.AsSpan(at + 1, lists[at]), lists[at]);
    }

    /// <summary>The code of a place that has just one value, with a key.</summary>
    public bool TryGetOnlyKey(int place, out int code)
    {
        var column = Volatile.Read(ref _column);
        code = (uint)place < (uint)column.Length ? Volatile.Read(ref column[place]) : NoValue;
        return code > Other;
    }

    /// <summary>Places that have a code now.</summary>
    public int CountOf(int code)
    {
        var live = Volatile.Read(ref _liveByCode);
        return code < live.Length ? live[code] : 0;
    }

    /// <summary>Appends the places that may have a code; some more than once, some not any more.</summary>
    public void CollectPlaces(int code, List<int> places) => Volatile.Read(ref _postings).CopyTo(code, places);

    /// <summary>The codes of keys within bounds, of an index of an ordered kind.</summary>
    public void CollectCodes(long lowest, long highest, List<int> codes) =>
        Volatile.Read(ref _ordered)!.Collect(Keys, lowest, highest, codes);

    /// <summary>How many keys lie within bounds, about.</summary>
    public int EstimateCodes(long lowest, long highest) => Volatile.Read(ref _ordered)!.Estimate(Keys, lowest, highest);

    private void CountLive(int code, int change)
    {
        if (code >= _liveByCode.Length)
        {
            var larger = new int[Math.Max(code + 1, _liveByCode.Length * 2)];
            _liveByCode.CopyTo(larger, 0);
            Volatile.Write(ref _liveByCode, larger);
        }

        _liveByCode[code] += change;
        _liveEntries += change;
    }

    private void EnsureColumn(int place)
    {
        if (place >= _column.Length)
        {
            var larger = NewColumn(Math.Max(place + 1, _column.Length * 2));
            _column.CopyTo(larger, 0);
            Volatile.Write(ref _column, larger);
        }

        _columnLength = Math.Max(_columnLength, place + 1);
    }

    private int AddList(List<int> codes)
    {
        var at = _codeListsEnd;
        _codeListsEnd += 1 + codes.Count;
        if (_codeListsEnd > _codeLists.Length)
        {
            var larger = new int[Math.Max(_codeListsEnd, _codeLists.Length * 2)];
            _codeLists.CopyTo(larger, 0);
            Volatile.Write(ref _codeLists, larger);
        }

        _codeLists[at] = codes.Count;
        codes.CopyTo(_codeLists, at + 1);
        return ListBase - at;
    }

    private static int[] NewColumn(int length)
    {
        var column = new int[length];
        Array.Fill(column, NoValue);
        return column;
    }

    /// <summary>Makes the lists anew from the column once they are mostly stale.</summary>
    /// <remarks>Readers of earlier LSNs may be at work, so places that died since the last rebuild stay for one more.
    /// </remarks>
    private void RebuildPostingsIfStale()
    {
        var stale = _postings.TotalCount - _liveEntries - _keptStale;
        if (stale <= Math.Max(MinStaleToRebuild, _liveEntries)) return;
        var postings = new PostingLists();
        for (var place = 0; place < _columnLength; place++)
        {
            if (deletedAt(place) <= _rebuiltAt) continue;
            foreach (var code in CodesOf(place)) postings.Add(code, place);
        }

        Volatile.Write(ref _postings, postings);
        _keptStale = postings.TotalCount - _liveEntries;
        _rebuiltAt = appliedLsn();
    }

    /// <summary>The codes of one place: none, one, or several.</summary>
    internal readonly ref struct Codes(int single, ReadOnlySpan<int> several, int count)
    {
        private readonly ReadOnlySpan<int> _several = several;

        public int Count => count;

        public bool Contains(int code)
        {
            foreach (var present in this)
                if (present == code) return true;
            return false;
        }

        public bool Equals(List<int> codes)
        {
            if (codes.Count != count) return false;
            foreach (var code in codes)
                if (!Contains(code)) return false;
            return true;
        }

        public int this[int index] => _several.IsEmpty ? single : _several[index];

        public Enumerator GetEnumerator() => new(this);

        internal ref struct Enumerator(Codes codes)
        {
            private readonly Codes _codes = codes;
            private int _at = -1;

            public readonly int Current => _codes[_at];

            public bool MoveNext() => ++_at < _codes.Count;
        }
    }

    /// <summary>Collects the codes of the values that the path reaches; null has none.</summary>
    private sealed class CodeCollector(PayloadIndex index) : ScalarTest
    {
        public List<int> Codes { get; } = [];

        protected override bool HoldsForScalar(ref Utf8JsonReader reader)
        {
            if (reader.TokenType == JsonTokenType.Null) return false;
            Span<byte> key = stackalloc byte[IndexKey.MaxBytes];
            var length = IndexKey.TryWrite(index.Kind, ref reader, key);
            var code = length < 0 ? Other : index.Keys.FindOrAdd(key[..length]) + 1;
            if (!Codes.Contains(code)) Codes.Add(code);
            return false;
        }
    }
}
