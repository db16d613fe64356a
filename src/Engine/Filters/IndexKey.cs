using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace VectorCluster.Engine.Filters;

/// <summary>How each kind of payload index turns values into keys: byte strings that are equal just if the values
/// are.</summary>
/// <remarks>
/// Keys of ordered kinds are 8 bytes, a signed number in the order of the values. A value that the kind has no key for
/// (another JSON type, a UUID spelled unusually, a whole number past float64's precision) is kept as "other", and
/// conditions look at the payload.
/// </remarks>
internal static class IndexKey
{
    /// <summary>Longest key: longer strings are "other", so that no index copies whole documents.</summary>
    public const int MaxBytes = 512;

    /// <summary>Whole numbers below this convert to float64 and back without loss.</summary>
    private const long MaxExactInteger = 1L << 53;

    public static bool IsOrdered(PayloadIndexKind kind) =>
        kind is PayloadIndexKind.Integer or PayloadIndexKind.Float or PayloadIndexKind.Datetime;

    /// <param name="reader">On a scalar.</param>
    /// <param name="key">Room for <see cref="MaxBytes"/>.</param>
    /// <returns>Bytes of the key; −1: the kind has no key for the value.</returns>
    public static int TryWrite(PayloadIndexKind kind, ref Utf8JsonReader reader, scoped Span<byte> key)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when kind == PayloadIndexKind.Keyword:
                return reader.ValueSpan.Length <= MaxBytes ? reader.CopyString(key) : -1;
            case JsonTokenType.String when kind is PayloadIndexKind.Uuid or PayloadIndexKind.Datetime:
                return reader.ValueSpan.Length <= PayloadDatetime.MaxLength
                    ? TryWriteText(kind, reader.GetString()!, key)
                    : -1;
            case JsonTokenType.Number when kind == PayloadIndexKind.Integer:
                return reader.TryGetInt64(out var integer) ? Write(integer, key) : -1;
            case JsonTokenType.Number when kind == PayloadIndexKind.Float:
                return TryWriteFloat(ref reader, key);
            case JsonTokenType.True or JsonTokenType.False when kind == PayloadIndexKind.Bool:
                return Write(reader.TokenType == JsonTokenType.True ? 1 : 0, key);
            default:
                return -1;
        }
    }

    /// <summary>The key of a value to match; −1: no indexed value has it, only "other" ones may.</summary>
    public static int TryWrite(PayloadIndexKind kind, MatchValue value, scoped Span<byte> key) =>
        (kind, value.Kind) switch
        {
            (PayloadIndexKind.Keyword, MatchValueKind.Text) =>
                Encoding.UTF8.GetByteCount(value.Text!) <= MaxBytes ? Encoding.UTF8.GetBytes(value.Text, key) : -1,
            (PayloadIndexKind.Uuid, MatchValueKind.Text) => TryWriteText(kind, value.Text!, key),
            (PayloadIndexKind.Integer, MatchValueKind.Integer) => Write(value.Number, key),
            (PayloadIndexKind.Bool, MatchValueKind.Bool) => Write(value.Number, key),
            _ => -1,
        };

    /// <summary>The ordered number in a key of an ordered kind.</summary>
    public static long ReadOrdered(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadInt64LittleEndian(key);

    /// <summary>A number in the order of float64; −0 counts as 0.</summary>
    public static long Order(double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number + 0.0);
        return bits ^ ((bits >> 63) & long.MaxValue);
    }

    private static int Write(long number, scoped Span<byte> key)
    {
        BinaryPrimitives.WriteInt64LittleEndian(key, number);
        return sizeof(long);
    }

    private static int TryWriteFloat(ref Utf8JsonReader reader, scoped Span<byte> key)
    {
        if (reader.TryGetInt64(out var integer) && Math.Abs((double)integer) >= MaxExactInteger) return -1;
        return reader.TryGetDouble(out var number) && double.IsFinite(number) ? Write(Order(number), key) : -1;
    }

    private static int TryWriteText(PayloadIndexKind kind, string text, scoped Span<byte> key)
    {
        if (kind == PayloadIndexKind.Datetime)
            return PayloadDatetime.TryParse(text, out var time) ? Write(time.UtcTicks, key) : -1;
        // Only the usual spelling has a key: conditions compare strings, so another spelling is another value.
        if (!Guid.TryParseExact(text, "D", out var uuid) || !text.Equals(uuid.ToString("D"), StringComparison.Ordinal))
            return -1;
        uuid.TryWriteBytes(key, bigEndian: true, out var written);
        return written;
    }
}
