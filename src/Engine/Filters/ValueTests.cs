using System.Text;
using System.Text.Json;

namespace VectorCluster.Engine.Filters;

/// <summary>The value is one of a set of strings, whole numbers and truth values.</summary>
internal sealed class MatchTest(IReadOnlyList<MatchValue> values) : ScalarTest
{
    private readonly byte[][] _texts =
        [.. values.Where(value => value.Kind == MatchValueKind.Text)
            .Select(value => Encoding.UTF8.GetBytes(value.Text!))];

    private readonly long[] _integers =
        [.. values.Where(value => value.Kind == MatchValueKind.Integer).Select(value => value.Number)];

    private readonly bool _matchesTrue = values.Contains(true);
    private readonly bool _matchesFalse = values.Contains(false);

    protected override bool HoldsForScalar(ref Utf8JsonReader reader) => Contains(ref reader);

    public bool Contains(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                foreach (var text in _texts)
                    if (reader.ValueTextEquals(text)) return true;
                return false;
            case JsonTokenType.Number:
                return reader.TryGetInt64(out var integer) && _integers.Contains(integer);
            case JsonTokenType.True:
                return _matchesTrue;
            case JsonTokenType.False:
                return _matchesFalse;
            default:
                return false;
        }
    }
}

/// <summary>The value is there, is not null, and is none of a set.</summary>
internal sealed class MatchExceptTest(IReadOnlyList<MatchValue> values) : ScalarTest
{
    private readonly MatchTest _excluded = new(values);

    protected override bool HoldsForScalar(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.Null && !_excluded.Contains(ref reader);
}

/// <summary>The value is a string that contains a text.</summary>
internal sealed class MatchTextTest(string text) : ScalarTest
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(text);

    protected override bool HoldsForScalar(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String) return false;
        return reader.ValueIsEscaped
            ? reader.GetString()!.Contains(text, StringComparison.Ordinal)
            : reader.ValueSpan.IndexOf(_text) >= 0;
    }
}

/// <summary>The value is a number within bounds. Whole numbers of 64 bits compare exactly, others as float64.</summary>
internal sealed class RangeTest(NumberRange range) : ScalarTest
{
    protected override bool HoldsForScalar(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number) return false;
        return reader.TryGetInt64(out var integer)
            ? range.Contains(integer)
            : reader.TryGetDouble(out var number) && range.Contains(number);
    }
}

/// <summary>The value is a date-time within bounds.</summary>
internal sealed class DatetimeRangeTest(DatetimeRange range) : ScalarTest
{
    protected override bool HoldsForScalar(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String
        && reader.ValueSpan.Length <= PayloadDatetime.MaxLength
        && PayloadDatetime.TryParse(reader.GetString()!, out var time)
        && range.Contains(time.UtcTicks);
}

/// <summary>The value is null or an empty array. An array with anything in it, a null too, is not empty.</summary>
internal sealed class EmptyTest(bool expected) : ValueTest
{
    public override bool Holds(ReadOnlySpan<byte> json, ref Utf8JsonReader reader) => IsEmpty(ref reader) == expected;

    private static bool IsEmpty(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => true,
        JsonTokenType.StartArray => reader.Read() && reader.TokenType == JsonTokenType.EndArray,
        _ => false,
    };
}

/// <summary>The value is null, or an array with a null in it.</summary>
internal sealed class NullTest(bool expected) : ValueTest
{
    public override bool Holds(ReadOnlySpan<byte> json, ref Utf8JsonReader reader) => IsNull(ref reader) == expected;

    private static bool IsNull(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return reader.TokenType == JsonTokenType.Null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Null) return true;
            reader.Skip();
        }

        return false;
    }
}

/// <summary>The number of values is within bounds.</summary>
internal sealed class ValuesCountTest(ValuesCountCondition bounds) : ValueTest
{
    public override bool Holds(ReadOnlySpan<byte> json, ref Utf8JsonReader reader) => Allows(Count(ref reader));

    public bool Allows(long count) =>
        !(count <= bounds.Gt) && !(count < bounds.Gte) && !(count >= bounds.Lt) && !(count > bounds.Lte);

    private static long Count(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return 0;
        if (reader.TokenType != JsonTokenType.StartArray) return 1;
        var count = 0L;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count++;
            reader.Skip();
        }

        return count;
    }
}

/// <summary>The value is an object that passes a filter of its own.</summary>
internal sealed class NestedTest(PayloadTest filter) : ValueTest
{
    public override bool Holds(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return filter.Holds(json[start..(int)reader.BytesConsumed]);
    }
}
