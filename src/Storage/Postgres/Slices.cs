namespace VectorCluster.Storage.Postgres;

/// <summary>Cuts long byte strings into rows that fit a page of PostgreSQL's (8 KiB) without TOAST.</summary>
internal static class Slices
{
    /// <summary>Most bytes of a row's last column: 8,160 bytes fit a page, and a row of <c>page</c> has 64 besides.</summary>
    public const int MaxBytes = 8_096;

    /// <summary>Past this a row has a page of PostgreSQL's to itself.</summary>
    private const int TwoFit = 4_010;

    /// <summary>Most bytes of a page's slice before it is sealed.</summary>
    private const int MaxBody = MaxBytes - Seal.MaxOverhead;

    /// <summary>Length of all slices of a page but the last, which may be shorter.</summary>
    /// <param name="length">Of the page's bytes, from 1.</param>
    public static int BodyBytes(int length)
    {
        var count = (length + MaxBody - 1) / MaxBody;

        // Two halves share their pages with others; one whole would leave almost half of its page empty.
        if (count == 1 && length + Seal.MaxOverhead > TwoFit) count = 2;
        return (length + count - 1) / count;
    }
}
