namespace VectorCluster.Storage.Files;

/// <summary>Tells a torn write from damage. A torn write was never acknowledged and is cut; damage is reported, never
/// cut.</summary>
/// <remarks>
/// <para>What a crash leaves of an append: the file ends early, or some of its 512-byte sectors were never written and
/// read as zeros. Nothing else, and only at the newest segment's end: an append begins when the one before it is
/// flushed.</para>
/// <para>What an acknowledged record can never look like, not even with a bit flipped: a header, or any sector's share
/// of a record, that is all zeros. Headers hold LSN and length, both above zero, and lie in one sector; records end in
/// filler that is not zero; bodies are masked, so that zeros of the user are not zeros in the file.</para>
/// <para>So zeros mean a torn write, anything else means damage, and a record of a later append behind the bad
/// place means damage in any case, for it proves that the bad one had been acknowledged.</para>
/// </remarks>
internal static class TornTail
{
    /// <param name="window">The newest segment.</param>
    /// <param name="mask">The segment's.</param>
    /// <param name="offset">Of the record that is not valid.</param>
    /// <param name="state">What is wrong with it.</param>
    /// <param name="record">Its header, if that is right.</param>
    /// <param name="appendLsn">First LSN of the append that it belongs to.</param>
    public static bool Explains(
        FileWindow window, ulong mask, long offset, WalRecordState state, in WalRecordHeader record, long appendLsn)
    {
        var torn = state switch
        {
            WalRecordState.End or WalRecordState.CutShort => true,
            WalRecordState.BadHeader => IsZero(window, offset, offset + WalRecordHeader.Bytes)
                || IsZero(window, offset + WalRecordHeader.Bytes, window.Length),
            WalRecordState.BadBody => HasMissingSector(window, offset, offset + record.RecordBytes),
            _ => false,
        };
        return torn && !LaterAppendFollows(window, mask, offset, appendLsn);
    }

    private static bool HasMissingSector(FileWindow window, long from, long to)
    {
        if (IsZero(window, to - 1, to)) return true; // the filler was not reached
        while (from < to)
        {
            var next = Math.Min(to, (from / WalFormat.SectorBytes + 1) * WalFormat.SectorBytes);
            if (IsZero(window, from, next)) return true;
            from = next;
        }

        return false;
    }

    private static bool IsZero(FileWindow window, long from, long to)
    {
        while (from < to)
        {
            var view = window.View(from, (int)Math.Min(to - from, FileWindow.MaxViewBytes));
            if (view.Length == 0 || view.ContainsAnyExcept((byte)0)) return false;
            from += view.Length;
        }

        return true;
    }

    private static bool LaterAppendFollows(FileWindow window, ulong mask, long offset, long appendLsn)
    {
        while ((offset += WalFormat.Alignment) + WalRecordHeader.Bytes <= window.Length)
        {
            var view = window.View(offset, WalRecordHeader.Bytes);
            if (WalRecordHeader.TryDecode(view, mask, out var found) && found.AppendLsn > appendLsn) return true;
        }

        return false;
    }
}
