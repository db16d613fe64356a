using VectorCluster.Engine.Shards;

using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Files;

/// <summary>Encodes one append into a segment.</summary>
internal static class WalWriter
{
    // An append up to this size is one write call. Larger ones are several: an append counts only with its last record.
    private const int MaxBufferBytes = 16 * 1024 * 1024;

    /// <param name="file">The segment. Not flushed here.</param>
    /// <param name="offset">Its end, a multiple of <see cref="WalFormat.Alignment"/>.</param>
    /// <param name="mask">The segment's.</param>
    /// <param name="epoch">The owner's.</param>
    /// <param name="firstLsn">LSN of the first record.</param>
    /// <param name="records">At least one.</param>
    /// <returns>The new end.</returns>
    public static long Write(
        DurableFile file,
        long offset,
        ulong mask,
        Epoch epoch,
        long firstLsn,
        IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        var total = 0L;
        foreach (var record in records) total += WalRecordHeader.SizeOf(record.Length);

        using var appender = new FileAppender(file, offset, (int)Math.Min(total, MaxBufferBytes));
        Span<byte> encoded = stackalloc byte[WalRecordHeader.Bytes];
        for (var i = 0; i < records.Count; i++)
        {
            var body = records[i].Span;
            var header = new WalRecordHeader(
                body.Length, (ushort)i, i == records.Count - 1, firstLsn + i, epoch.Value, Crc32C.Of(body));
            header.Encode(encoded, mask);
            appender.Append(encoded);
            appender.Append(body, mask);
            appender.Fill(WalFormat.Filler, (int)(header.RecordBytes - WalRecordHeader.Bytes - body.Length));
        }

        appender.Drain();
        return appender.Position;
    }
}
