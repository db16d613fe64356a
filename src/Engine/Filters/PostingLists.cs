namespace VectorCluster.Engine.Filters;

/// <summary>For each key of a payload index the places that have, or once had, a value of that key.</summary>
/// <remarks>
/// Lists only grow: who reads one checks each place against the column. A list is a chain of blocks, each twice as
/// large as the one before, in one array: [next block or 0, places used, capacity, places …]. One writer; readers need
/// no lock.
/// </remarks>
internal sealed class PostingLists
{
    private const int HeaderLength = 3;
    private const int FirstCapacity = 1; // most keys of an unbounded set, such as names or times, have one place
    private const int MaxCapacity = 4096;

    private int[] _blocks = new int[256];
    private int _end = 1; // 0 means "no block"
    private int[] _heads = new int[16];
    private int[] _tails = new int[16];

    /// <summary>Places in all lists, current or not.</summary>
    public int TotalCount { get; private set; }

    public long ResidentBytes => (long)(_blocks.Length + _heads.Length + _tails.Length) * sizeof(int);

    public void Add(int code, int place)
    {
        EnsureKey(code);
        var tail = _tails[code];
        if (tail == 0 || _blocks[tail + 1] == _blocks[tail + 2]) tail = AddBlock(code, tail);
        _blocks[tail + HeaderLength + _blocks[tail + 1]] = place;
        Volatile.Write(ref _blocks[tail + 1], _blocks[tail + 1] + 1);
        TotalCount++;
    }

    /// <summary>Appends a key's places to a list.</summary>
    public void CopyTo(int code, List<int> places)
    {
        var heads = Volatile.Read(ref _heads);
        if (code >= heads.Length) return;
        var block = Volatile.Read(ref heads[code]);
        while (block != 0)
        {
            var blocks = Volatile.Read(ref _blocks); // at least as new as the reference to the block
            var used = Volatile.Read(ref blocks[block + 1]);
            places.AddRange(blocks.AsSpan(block + HeaderLength, used));
            block = Volatile.Read(ref blocks[block]);
        }
    }

    private int AddBlock(int code, int tail)
    {
        var capacity = tail == 0 ? FirstCapacity : Math.Min(_blocks[tail + 2] * 2, MaxCapacity);
        var block = _end;
        _end += HeaderLength + capacity;
        if (_end > _blocks.Length)
        {
            var larger = new int[Math.Max(_end, _blocks.Length * 2)];
            _blocks.CopyTo(larger, 0);
            Volatile.Write(ref _blocks, larger);
        }

        _blocks[block + 2] = capacity;
        if (tail == 0) Volatile.Write(ref _heads[code], block);
        else Volatile.Write(ref _blocks[tail], block);
        _tails[code] = block;
        return block;
    }

    private void EnsureKey(int code)
    {
        if (code < _heads.Length) return;
        var length = Math.Max(code + 1, _heads.Length * 2);
        Array.Resize(ref _tails, length);
        var heads = new int[length];
        _heads.CopyTo(heads, 0);
        Volatile.Write(ref _heads, heads);
    }
}
