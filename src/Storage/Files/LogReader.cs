using VectorCluster.Engine.Wal;

namespace VectorCluster.Storage.Files;

/// <summary>Reads a shard's log up to an end that was fixed beforehand, some records at a time.</summary>
internal sealed class LogReader : IDisposable
{
    // Read ahead of the consumer: enough to make the hop between threads cheap, little enough to hold in memory.
    private const int ReadAheadBytes = 1024 * 1024;

    private readonly string _folder;
    private readonly byte[] _digest;
    private readonly Queue<long> _segments;
    private readonly long _newestEnd;
    private readonly long _from;
    private FileWindow? _window;
    private WalCursor _cursor = null!; // set with the window
    private long _offset;
    private long _end;
    private long _nextLsn;
    private DamagedFileException? _damage;

    /// <param name="folder">The shard's.</param>
    /// <param name="digest">The shard's.</param>
    /// <param name="segments">First LSNs, ascending.</param>
    /// <param name="newestEnd">Where the newest segment's whole appends end.</param>
    /// <param name="from">First LSN wanted.</param>
    public LogReader(string folder, byte[] digest, IReadOnlyList<long> segments, long newestEnd, long from)
    {
        _folder = folder;
        _digest = digest;
        _newestEnd = newestEnd;
        _from = from;
        var first = segments.Count - 1;
        while (first > 0 && segments[first] > from) first--;
        _segments = new(segments.Skip(first));
    }

    /// <returns>The next records; none: the end.</returns>
    /// <exception cref="DamagedFileException">The next record is damaged. All before it have been returned.</exception>
    public List<WalRecord> Read()
    {
        if (_damage is not null) throw _damage;

        var records = new List<WalRecord>();
        var bytes = 0;
        try
        {
            while (bytes < ReadAheadBytes && TryReadNext(out var record))
            {
                if (record.Body.IsEmpty) continue; // before the first one wanted
                records.Add(record);
                bytes += record.Body.Length;
            }
        }
        catch (DamagedFileException e) when (records.Count > 0)
        {
            _damage = e;
        }

        return records;
    }

    public void Dispose() => _window?.Dispose();

    private bool TryReadNext(out WalRecord record)
    {
        record = default;
        while (_window is null || _offset == _end)
        {
            if (!TryOpenNext()) return false;
        }

        if (_cursor.ReadHeader(_offset, out var header) != WalRecordState.Valid)
            throw new DamagedFileException(_window.Path, _offset, $"the header of LSN {_nextLsn} is damaged");
        if (header.Lsn != _nextLsn)
            throw new DamagedFileException(_window.Path, _offset, $"LSN {header.Lsn} stands where {_nextLsn} belongs");

        var body = header.Lsn < _from ? [] : _cursor.ReadBody(_offset, header);
        record = new(new Lsn(header.Lsn), body);
        _offset += header.RecordBytes;
        _nextLsn++;
        return true;
    }

    private bool TryOpenNext()
    {
        _window?.Dispose();
        _window = null;
        if (!_segments.TryDequeue(out var firstLsn)) return false;

        var path = Path.Join(_folder, WalFormat.FileName(firstLsn));
        if (_nextLsn != 0 && firstLsn != _nextLsn)
            throw new DamagedFileException(path, 0, $"LSN {_nextLsn} is missing before it");

        // A trim beside this reading took it; the first record read shows the gap.
        if (_nextLsn == 0 && _segments.Count > 0 && !File.Exists(path)) return TryOpenNext();

        _window = FileWindow.Open(path);
        var header = WalSegmentHeader.Decode(path, _window.View(0, WalSegmentHeader.Bytes), _digest, firstLsn);
        _cursor = new(_window, header.Mask);
        _offset = WalSegmentHeader.Bytes;
        _end = _segments.Count == 0 ? _newestEnd : _window.Length;
        _nextLsn = firstLsn;
        return true;
    }
}
