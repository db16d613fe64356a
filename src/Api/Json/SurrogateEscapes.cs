using System.Globalization;

namespace VectorCluster.Api;

/// <summary>Finds what a JSON parser lets through and a string can't hold: <c>"\ud800"</c> without its other
/// half.</summary>
internal static class SurrogateEscapes
{
    private const int EscapeLength = 6; // \uXXXX

    /// <returns>Position of the first unpaired surrogate escape; -1 if there is none.</returns>
    /// <remarks>In valid JSON a backslash stands only in strings, so no parsing is needed; elsewhere the parser
    /// complains later.</remarks>
    public static int FindUnpaired(ReadOnlySpan<byte> json)
    {
        var at = 0;
        while (true)
        {
            var next = json[at..].IndexOf((byte)'\\');
            if (next < 0) return -1;
            at += next;
            if (at + 1 >= json.Length) return -1;
            if (!TryReadUnit(json, at, out var unit))
            {
                at += 2;
                continue;
            }

            if (!char.IsSurrogate(unit))
            {
                at += EscapeLength;
                continue;
            }

            var isPair = char.IsHighSurrogate(unit)
                && TryReadUnit(json, at + EscapeLength, out var low) && char.IsLowSurrogate(low);
            if (!isPair) return at;
            at += 2 * EscapeLength;
        }
    }

    private static bool TryReadUnit(ReadOnlySpan<byte> json, int at, out char unit)
    {
        unit = default;
        if (at + EscapeLength > json.Length || json[at] != (byte)'\\' || json[at + 1] != (byte)'u') return false;
        var digits = json.Slice(at + 2, 4);
        if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        unit = (char)value;
        return true;
    }
}
