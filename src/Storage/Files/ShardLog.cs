using VectorCluster.Engine.Shards;

namespace VectorCluster.Storage.Files;

/// <summary>The log of a shard that is open for appends. Not thread-safe: the shard's turn guards it.</summary>
internal sealed class ShardLog : IDisposable
{
    private readonly Disk _disk;
    private readonly string _folder;
    private readonly byte[] _digest;
    private readonly List<long> _segments;
    private DurableFile _file;
    private WalSegmentHeader _header;

    private ShardLog(Disk disk, string folder, byte[] digest, WalRecovery recovery)
    {
        _disk = disk;
        _folder = folder;
        _digest = digest;
        _segments = [.. recovery.Segments];
        _header = recovery.Newest.Header;
        _file = disk.Open(PathOf(_segments[^1]));
        LastLsn = recovery.Newest.LastLsn;
        End = recovery.Newest.End;
    }

    public long LastLsn { get; private set; }

    /// <summary>Behind the last acknowledged append, in the newest segment.</summary>
    public long End { get; private set; }

    public IReadOnlyList<long> Segments => _segments;

    public string NewestPath => PathOf(_segments[^1]);

    /// <summary>Whether the newest segment holds no record. Another one would have the same name.</summary>
    public bool IsEmpty => End == WalSegmentHeader.Bytes;

    /// <summary>Makes a segment, durable under its name.</summary>
    public static void CreateSegment(Disk disk, string folder, ReadOnlySpan<byte> digest, long firstLsn, long epoch) =>
        disk.Replace(
            Path.Join(folder, WalFormat.FileName(firstLsn)),
            WalSegmentHeader.Create(digest, firstLsn, epoch).Encode(digest));

    /// <summary>Opens a log that was checked: cuts a torn append, and makes sure that the last whole one is on the
    /// disk.</summary>
    public static ShardLog Open(Disk disk, string folder, byte[] digest, WalRecovery recovery)
    {
        var log = new ShardLog(disk, folder, digest, recovery);
        try
        {
            if (recovery.Newest.End < recovery.Newest.Length) log._file.Truncate(recovery.Newest.End);
            log.WriteAgain(recovery.Newest.LastAppendOffset);
            log._file.Flush();
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Durable on return.</summary>
    /// <exception cref="IOException">The outcome is unknown, and the log takes nothing more until it is opened
    /// again.</exception>
    public void Append(Epoch epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        var end = WalWriter.Write(_file, End, _header.Mask, epoch, LastLsn + 1, records);
        _file.Flush();
        End = end;
        LastLsn += records.Count;
    }

    /// <summary>Begins a new segment.</summary>
    /// <param name="epoch">The owner's.</param>
    /// <param name="firstLsn">The next LSN, or a later one when a checkpoint from elsewhere went ahead of the
    /// log.</param>
    public void Roll(Epoch epoch, long firstLsn)
    {
        CreateSegment(_disk, _folder, _digest, firstLsn, epoch.Value);
        var file = _disk.Open(PathOf(firstLsn));
        _file.Dispose();
        _file = file;
        _header = WalSegmentHeader.Create(_digest, firstLsn, epoch.Value);
        _segments.Add(firstLsn);
        LastLsn = firstLsn - 1;
        End = WalSegmentHeader.Bytes;
    }

    /// <summary>Deletes the segments that hold nothing after an LSN, oldest first, so that a crash leaves no
    /// gap.</summary>
    public void Trim(long upTo)
    {
        while (_segments.Count > 1 && _segments[1] <= upTo + 1)
        {
            _disk.DeleteFile(PathOf(_segments[0]));
            _segments.RemoveAt(0);
        }
    }

    public void Dispose() => _file.Dispose();

    // The process that wrote the last append may have died, or its flush may have failed, before it was on the disk;
    // then the kernel may hold it as clean pages, which a flush would skip. Written again, it is dirty again. Same
    // bytes, so no hazard.
    private void WriteAgain(long offset)
    {
        if (IsEmpty) return;
        var buffer = new byte[(int)Math.Min(End - offset, 1024 * 1024)];
        while (offset < End)
        {
            var chunk = buffer.AsSpan(0, (int)Math.Min(End - offset, buffer.Length));
            chunk = chunk[.._file.Read(offset, chunk)];
            if (chunk.Length == 0) throw new IOException($"{NewestPath} became shorter while it was opened.");
            _file.Write(offset, chunk);
            offset += chunk.Length;
        }
    }

    private string PathOf(long firstLsn) => Path.Join(_folder, WalFormat.FileName(firstLsn));
}
