namespace VectorCluster.Engine.Filters;

/// <summary>Bounds of a range condition, made ready for whole numbers and for float64, so that index and payload agree
/// exactly.</summary>
internal readonly struct NumberRange
{
    /// <summary>Well past int64 on both sides, and exact as float64.</summary>
    private const double Far = 1e20;

    private readonly RangeCondition _condition;

    public NumberRange(RangeCondition condition)
    {
        _condition = condition;
        var lowest = Int128.Max(Whole(condition.Gte, -Far, Math.Ceiling), Whole(condition.Gt, -Far, Math.Floor) + 1);
        var highest = Int128.Min(Whole(condition.Lte, Far, Math.Floor), Whole(condition.Lt, Far, Math.Ceiling) - 1);
        var isEmpty = lowest > highest || lowest > long.MaxValue || highest < long.MinValue;
        (Lowest, Highest) = isEmpty
            ? (1, 0)
            : ((long)Int128.Max(lowest, long.MinValue), (long)Int128.Min(highest, long.MaxValue));
    }

    /// <summary>Smallest whole number in the range; above <see cref="Highest"/>: there is none.</summary>
    public long Lowest { get; }

    public long Highest { get; }

    public bool Contains(long number) => number >= Lowest && number <= Highest;

    public bool Contains(double number) =>
        !(number <= _condition.Gt) && !(number < _condition.Gte)
        && !(number >= _condition.Lt) && !(number > _condition.Lte);

    private static Int128 Whole(double? bound, double ifOpen, Func<double, double> round) =>
        (Int128)round(Math.Clamp(bound ?? ifOpen, -Far, Far));
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
