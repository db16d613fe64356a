using System.Globalization;
using System.Text.RegularExpressions;

namespace VectorCluster;

/// <summary>The date-times that payloads and datetime ranges understand: RFC 3339, and Qdrant's short forms: a blank
/// for the T, without offset (UTC), without seconds, or a date alone.</summary>
public static partial class PayloadDatetime
{
    /// <summary>Longest text looked at; nine digits of a second and an offset take 35 characters.</summary>
    public const int MaxLength = 64;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd",
    ];

    /// <param name="value">To the microsecond, as payloads are compared; finer digits are cut off.</param>
    public static bool TryParse(string text, out DateTimeOffset value)
    {
        value = default;
        if (text.Length > MaxLength) return false;
        var parts = Shape().Match(text);
        if (!parts.Success) return false;
        var plain = parts.Groups["date"].Value;
        if (parts.Groups["time"].Success)
        {
            plain += "T" + parts.Groups["time"].Value + parts.Groups["fraction"].Value
                + parts.Groups["offset"].Value.ToUpperInvariant();
        }

        return DateTimeOffset.TryParseExact(
            plain, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
    }

    [GeneratedRegex(
        """^(?<date>\d{4}-\d\d-\d\d)([Tt ](?<time>\d\d:\d\d(:\d\d)?)"""
            + """((?<fraction>\.\d{1,6})\d*)?(?<offset>[Zz]|[+-]\d\d:\d\d)?)?\z""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}
