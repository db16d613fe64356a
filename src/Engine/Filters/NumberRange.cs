namespace VectorCluster.Engine.Filters;

/// <summary>Bounds of a range condition, made ready for whole numbers and for float64, so that index and payload agree exactly.</summary>
internal readonly struct NumberRange
{
    private readonly RangeCondition _condition;

    public NumberRange(RangeCondition condition)
    {
        _condition = condition;
        var lowest = Math.Max(Ceiling(condition.Gte), Above(condition.Gt));
        var highest = Math.Min(Floor(condition.Lte), Below(condition.Lt));
        Lowest = ToInt64(lowest, out var lowestTooHigh);
        Highest = ToInt64(highest, out _);
        if (lowestTooHigh || highest < long.MinValue) (Lowest, Highest) = (1, 0);
    }

    /// <summary>Smallest whole number in the range; above <see cref="Highest"/>: there is none.</summary>
    public long Lowest { get; }

    public long Highest { get; }

    public bool Contains(long number) => number >= Lowest && number <= Highest;

    public bool Contains(double number) =>
        !(number <= _condition.Gt) && !(number < _condition.Gte) && !(number >= _condition.Lt) && !(number > _condition.Lte);

    private static double Ceiling(double? bound) => bound is { } value ? Math.Ceiling(value) : double.NegativeInfinity;

    private static double Floor(double? bound) => bound is { } value ? Math.Floor(value) : double.PositiveInfinity;

    /// <summary>The whole number after the bound. Past 2⁵³ neighbours are further apart than 1, so the next float64 is taken.</summary>
    private static double Above(double? bound)
    {
        if (bound is not { } value) return double.NegativeInfinity;
        var next = Math.Floor(value) + 1;
        return next > value ? next : Math.BitIncrement(value);
    }

    private static double Below(double? bound)
    {
        if (bound is not { } value) return double.PositiveInfinity;
        var next = Math.Ceiling(value) - 1;
        return next < value ? next : Math.BitDecrement(value);
    }

    private static long ToInt64(double number, out bool isTooHigh)
    {
        isTooHigh = number >= 9223372036854775808.0;
        if (isTooHigh) return long.MaxValue;
        return number <= long.MinValue ? long.MinValue : (long)number;
    }
}

/// <summary>Bounds of a datetime range as UTC ticks of 100 ns.</summary>
internal readonly struct DatetimeRange(DatetimeRangeCondition condition)
{
    /// <summary>Earliest tick in the range; after <see cref="Highest"/>: there is none.</summary>
    public long Lowest { get; } = Math.Max(
        condition.Gte?.UtcTicks ?? long.MinValue, condition.Gt is { } after ? after.UtcTicks + 1 : long.MinValue);

    public long Highest { get; } = Math.Min(
        condition.Lte?.UtcTicks ?? long.MaxValue, condition.Lt is { } before ? before.UtcTicks - 1 : long.MaxValue);

    public bool Contains(long ticks) => ticks >= Lowest && ticks <= Highest;
}
