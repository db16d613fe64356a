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
}
