using System.Globalization;

namespace VectorCluster;

/// <summary>The date-times that payloads and datetime ranges understand: RFC 3339, and its usual relaxations.</summary>
public static class PayloadDatetime
{
    /// <summary>Longer texts are no date-times.</summary>
    public const int MaxLength = 64;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd",
    ];

    /// <summary>Reads <c>2026-11-21T10:00:00Z</c>, with an offset, with fractions, with a blank for the T, without a
    /// zone (UTC), or a date alone.</summary>
    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        return text.Length <= MaxLength && DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
