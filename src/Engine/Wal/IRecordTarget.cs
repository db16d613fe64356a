namespace VectorCluster.Engine.Wal;

/// <summary>What log records are applied to, in the order of their LSNs.</summary>
internal interface IRecordTarget
{
    /// <summary>LSN of the last record that was applied; 0 before the first.</summary>
    long AppliedLsn { get; }

    /// <summary>Applies the next record, as a whole.</summary>
    /// <returns>Points written, changed or deleted.</returns>
    int Apply(Lsn lsn, ReadOnlySpan<byte> record);
}
