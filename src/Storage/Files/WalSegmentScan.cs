namespace VectorCluster.Storage.Files;

/// <summary>A segment after every record of it was checked.</summary>
/// <param name="End">Behind the last whole append.</param>
/// <param name="Length">Of the file. Past <paramref name="End"/> stands a torn append.</param>
/// <param name="LastLsn">Of the last whole append; one before the segment's first LSN if there is none.</param>
/// <param name="LastAppendOffset">Where the last whole append begins; <paramref name="End"/> if there is none.</param>
internal sealed record WalSegmentScan(
    WalSegmentHeader Header, long End, long Length, long LastLsn, long LastAppendOffset)
{
    /// <param name="path">The segment's file.</param>
    /// <param name="digest">Of the shard.</param>
    /// <param name="firstLsn">As in the file's name.</param>
    /// <param name="newestEpoch">No record can have a newer one.</param>
    /// <param name="isNewest">It may end in a torn append.</param>
    /// <exception cref="DamagedFileException">A record is damaged, or not the next one.</exception>
    public static WalSegmentScan Run(
        string path, ReadOnlySpan<byte> digest, long firstLsn, long newestEpoch, bool isNewest)
    {
        using var window = FileWindow.Open(path);
        var header = WalSegmentHeader.Decode(path, window.View(0, WalSegmentHeader.Bytes), digest, firstLsn);
        var cursor = new WalCursor(window, header.Mask);
        var offset = (long)WalSegmentHeader.Bytes;
        var (end, last, lsn, epoch) = (offset, offset, firstLsn, header.Epoch);
        var appendLsn = firstLsn;
        while (true)
        {
            var state = cursor.ReadHeader(offset, out var record);
            if (state == WalRecordState.End && offset == end) break;
            if (state == WalRecordState.Valid && !cursor.IsBodyValid(offset, record)) state = WalRecordState.BadBody;
            if (state != WalRecordState.Valid)
            {
                if (isNewest && TornTail.Explains(window, header.Mask, offset, state, record, appendLsn)) break;
                throw new DamagedFileException(path, offset, Describe(state, lsn));
            }

            if (record.Lsn != lsn || record.AppendLsn != appendLsn
                || record.Epoch < epoch || record.Epoch > newestEpoch)
                throw new DamagedFileException(path, offset, $"{record} stands where LSN {lsn} belongs");

            offset += record.RecordBytes;
            epoch = record.Epoch;
            lsn++;
            if (record.IsLast) (last, end, appendLsn) = (end, offset, lsn);
        }

        return new(header, end, window.Length, appendLsn - 1, last);
    }

    private static string Describe(WalRecordState state, long lsn) => state switch
    {
        WalRecordState.End => $"the append that LSN {lsn} belongs to is not complete, and it is not the newest one",
        WalRecordState.CutShort => $"the file ends within LSN {lsn}, and it is not the newest one",
        WalRecordState.BadHeader => $"the header of LSN {lsn} has a wrong checksum",
        _ => $"the body of LSN {lsn} has a wrong checksum",
    };
}
