using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Files;

/// <summary>What stands at an offset of a segment.</summary>
internal enum WalRecordState
{
    Valid,

    /// <summary>Nothing: the file ends just here.</summary>
    End,

    /// <summary>The file ends within the record.</summary>
    CutShort,

    /// <summary>The header's checksum is wrong.</summary>
    BadHeader,

    /// <summary>The header is right; the body or its filler is not.</summary>
    BadBody,
}

/// <summary>Reads and checks single records of one segment.</summary>
internal sealed class WalCursor(FileWindow window, ulong mask)
{
    private const int ViewBytes = FileWindow.MaxViewBytes / 2;

    /// <summary>Reads a header without looking at the body.</summary>
    /// <returns>Never <see cref="WalRecordState.BadBody"/>.</returns>
    public WalRecordState ReadHeader(long offset, out WalRecordHeader record)
    {
        record = default;
        var view = window.View(offset, WalRecordHeader.Bytes);
        if (view.Length == 0) return WalRecordState.End;
        if (view.Length < WalRecordHeader.Bytes) return WalRecordState.CutShort;
        if (WalRecordHeader.TryDecode(view, mask, out record))
            return offset + record.RecordBytes > window.Length ? WalRecordState.CutShort : WalRecordState.Valid;

        // No record is as short as a header, so a file that ends with one was cut.
        return offset + WalRecordHeader.Bytes == window.Length ? WalRecordState.CutShort : WalRecordState.BadHeader;
    }

    /// <summary>Checks a body and its filler, a view at a time.</summary>
    public bool IsBodyValid(long offset, in WalRecordHeader record)
    {
        var state = Crc32C.Start;
        var position = offset + WalRecordHeader.Bytes;
        for (var rest = record.Length; rest > 0;)
        {
            var view = window.View(position, Math.Min(rest, ViewBytes));
            if (view.Length == 0) return false;
            view = view.Length < rest ? view[..(view.Length & -sizeof(ulong))] : view;
            state = Crc32C.Append(state, view, mask);
            position += view.Length;
            rest -= view.Length;
        }

        return Crc32C.Finish(state) == record.BodyCrc && IsFillerValid(position, offset + record.RecordBytes);
    }

    /// <summary>Reads and checks a body.</summary>
    /// <exception cref="DamagedFileException">The body is not what was written.</exception>
    public byte[] ReadBody(long offset, in WalRecordHeader record)
    {
        var body = GC.AllocateUninitializedArray<byte>(record.Length);
        var position = offset + WalRecordHeader.Bytes;
        if (body.Length > ViewBytes)
            window.Read(position, body);
        else
            window.View(position, body.Length).CopyTo(body);
        ByteMask.Apply(body, mask);
        return Crc32C.Of(body) == record.BodyCrc
            ? body
            : throw new DamagedFileException(
                window.Path, position, $"the body of LSN {record.Lsn} has a wrong checksum");
    }

    private bool IsFillerValid(long from, long to)
    {
        var filler = window.View(from, (int)(to - from));
        return filler.Length == to - from && !filler.ContainsAnyExcept(WalFormat.Filler);
    }
}
