namespace VectorCluster;

/// <summary>Something that holds for a point or does not.</summary>
/// <remarks>
/// A condition on a field looks at every value that its path reaches, and at each element where that value is an array;
/// it holds if one of them satisfies it. Where the path reaches nothing it does not hold, except as said below.
/// </remarks>
public abstract record Condition;

/// <summary>The value is one of <paramref name="Values"/>.</summary>
public sealed record MatchCondition(PayloadPath Path, IReadOnlyList<MatchValue> Values) : Condition
{
    public MatchCondition(PayloadPath path, MatchValue value)
        : this(path, [value])
    {
    }
}

/// <summary>There is a value, not null, that is none of <paramref name="Values"/>.</summary>
public sealed record MatchExceptCondition(PayloadPath Path, IReadOnlyList<MatchValue> Values) : Condition;

/// <summary>The value is a string that contains <paramref name="Text"/>, upper and lower case told apart.</summary>
public sealed record MatchTextCondition(PayloadPath Path, string Text) : Condition;

/// <summary>The value is a number within the bounds; null leaves a side open.</summary>
public sealed record RangeCondition(PayloadPath Path) : Condition
{
    public double? Gt { get; init; }

    public double? Gte { get; init; }

    public double? Lt { get; init; }

    public double? Lte { get; init; }
}

/// <summary>The value is an RFC 3339 date-time within the bounds; null leaves a side open. A date alone means its
/// midnight, UTC.</summary>
public sealed record DatetimeRangeCondition(PayloadPath Path) : Condition
{
    public DateTimeOffset? Gt { get; init; }

    public DateTimeOffset? Gte { get; init; }

    public DateTimeOffset? Lt { get; init; }

    public DateTimeOffset? Lte { get; init; }
}

/// <summary>The point's id is one of <paramref name="Ids"/>.</summary>
public sealed record HasIdCondition(IReadOnlyList<PointId> Ids) : Condition;

/// <summary>The path reaches nothing, or only null or empty arrays (<paramref name="Expected"/> false: the
/// opposite).</summary>
public sealed record IsEmptyCondition(PayloadPath Path, bool Expected = true) : Condition;

/// <summary>The value is null, or an array with a null in it. A missing field is not null. (False: the
/// opposite.)</summary>
public sealed record IsNullCondition(PayloadPath Path, bool Expected = true) : Condition;

/// <summary>The number of values is within the bounds: elements of an array, 1 for another value, 0 for null or no
/// value.</summary>
public sealed record ValuesCountCondition(PayloadPath Path) : Condition
{
    public long? Gt { get; init; }

    public long? Gte { get; init; }

    public long? Lt { get; init; }

    public long? Lte { get; init; }
}

/// <summary>One object of the array at <paramref name="Path"/> passes the whole filter, whose paths start at that
/// object.</summary>
public sealed record NestedCondition(PayloadPath Path, Filter Filter) : Condition;

/// <summary>A value to compare with: a string, a whole number, or a truth value.</summary>
public readonly record struct MatchValue
{
    private MatchValue(MatchValueKind kind, string? text, long number)
    {
        Kind = kind;
        Text = text;
        Number = number;
    }

    public MatchValueKind Kind { get; }

    /// <summary>The string; null for another kind.</summary>
    public string? Text { get; }

    /// <summary>The whole number; 1 for true, 0 for false; 0 for a string.</summary>
    public long Number { get; }

    public static implicit operator MatchValue(string text) => new(MatchValueKind.Text, text, 0);

    public static implicit operator MatchValue(long number) => new(MatchValueKind.Integer, null, number);

    public static implicit operator MatchValue(bool value) => new(MatchValueKind.Bool, null, value ? 1 : 0);
}

public enum MatchValueKind : byte
{
    Text,
    Integer,
    Bool,
}
