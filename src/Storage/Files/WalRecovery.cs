namespace VectorCluster.Storage.Files;

/// <summary>Checks a shard's log before it is used. Reads every byte that is needed once, and changes
/// nothing.</summary>
/// <param name="Segments">First LSNs, ascending; at least one.</param>
/// <param name="Newest">The segment that takes the next append.</param>
internal sealed record WalRecovery(IReadOnlyList<long> Segments, WalSegmentScan Newest)
{
    /// <param name="folder">The shard's.</param>
    /// <param name="digest">The shard's.</param>
    /// <param name="owner">Says which segment must be there.</param>
    /// <param name="checkpointLsn">Segments up to it are not needed, so damage in them is not looked for.</param>
    /// <exception cref="DamagedFileException">A segment is missing, or a record is damaged.</exception>
    public static WalRecovery Run(string folder, ReadOnlySpan<byte> digest, OwnerFile owner, long checkpointLsn)
    {
        var segments = WalFormat.ListSegments(folder);
        if (segments.Count == 0 || segments[^1] < owner.NewestSegment) throw Missing(folder, owner.NewestSegment);
        if (segments[0] > checkpointLsn + 1) throw Missing(folder, checkpointLsn + 1);

        var i = segments.FindLastIndex(first => first <= checkpointLsn + 1);
        while (true)
        {
            var isNewest = i == segments.Count - 1;
            var path = Path.Join(folder, WalFormat.FileName(segments[i]));
            var scan = WalSegmentScan.Run(path, digest, segments[i], owner.Epoch, isNewest);
            if (isNewest) return new(segments, scan);
            if (scan.LastLsn + 1 != segments[++i]) throw Missing(folder, scan.LastLsn + 1);
        }
    }

    private static DamagedFileException Missing(string folder, long lsn) =>
        new(Path.Join(folder, WalFormat.FileName(lsn)), 0, $"the segment that holds LSN {lsn} is missing");
}
