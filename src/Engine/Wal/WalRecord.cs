namespace VectorCluster.Engine.Wal;

/// <summary>One record of a shard's write-ahead log. What the bytes mean is the shard's business
/// (<c>WalCodec</c>).</summary>
public readonly record struct WalRecord(Lsn Lsn, ReadOnlyMemory<byte> Body);

/// <summary>What a store must be able to take.</summary>
public static class WalLimits
{
    /// <summary>Most records in one append: what waited while the one before it became durable.</summary>
    public const int MaxRecords = 1_024;

    /// <summary>Largest record. A batch that needs more is refused at the edge.</summary>
    public const int MaxRecordBytes = 256 * 1024 * 1024;

    /// <summary>Most bytes of records in one append.</summary>
    public const long MaxCommitBytes = 512L * 1024 * 1024;

    /// <summary>To be called by every store before it appends.</summary>
    /// <exception cref="ArgumentException">The records are outside the limits.</exception>
    public static void CheckAppend(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        if (records.Count is 0 or > MaxRecords)
            throw new ArgumentException($"An append has 1 to {MaxRecords} records, not {records.Count}.");
        var bytes = 0L;
        foreach (var record in records)
        {
            if (record.Length is 0 or > MaxRecordBytes)
                throw new ArgumentException($"A record has 1 to {MaxRecordBytes} bytes, not {record.Length}.");
            bytes += record.Length;
        }

        if (bytes > MaxCommitBytes)
            throw new ArgumentException($"An append takes at most {MaxCommitBytes} bytes, not {bytes}.");
    }
}
