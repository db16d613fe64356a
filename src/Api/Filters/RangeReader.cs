using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Reads bounds: of numbers, of date-times, and of the number of values.</summary>
internal static class RangeReader
{
    /// <summary>Numbers make a range of numbers, strings one of date-times; both in one are refused.</summary>
    public static Condition Read(PayloadPath path, JsonInput range)
    {
        AllowBounds(range);
        var isDatetime = range.Members().Any(bound => bound.Value.Kind == JsonValueKind.String);
        if (isDatetime)
        {
            return new DatetimeRangeCondition(path)
            {
                Gt = Datetime(range, "gt"),
                Gte = Datetime(range, "gte"),
                Lt = Datetime(range, "lt"),
                Lte = Datetime(range, "lte"),
            };
        }

        return new RangeCondition(path)
        {
            Gt = range.Find("gt")?.AsDouble(),
            Gte = range.Find("gte")?.AsDouble(),
            Lt = range.Find("lt")?.AsDouble(),
            Lte = range.Find("lte")?.AsDouble(),
        };
    }

    public static ValuesCountCondition ReadValuesCount(PayloadPath path, JsonInput range)
    {
        AllowBounds(range);
        return new(path)
        {
            Gt = range.Find("gt")?.AsInt64(0, long.MaxValue),
            Gte = range.Find("gte")?.AsInt64(0, long.MaxValue),
            Lt = range.Find("lt")?.AsInt64(0, long.MaxValue),
            Lte = range.Find("lte")?.AsInt64(0, long.MaxValue),
        };
    }

    private static void AllowBounds(JsonInput range) => range.AllowOnly("gt", "gte", "lt", "lte");

    private static DateTimeOffset? Datetime(JsonInput range, string bound)
    {
        if (range.Find(bound) is not { } input) return null;
        return PayloadDatetime.TryParse(input.AsString(), out var value)
            ? value
            : throw input.Error(ErrorCodes.InvalidFilter, $"'{input.AsString()}' is no RFC 3339 date-time.");
    }
}
