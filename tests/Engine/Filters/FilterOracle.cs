using System.Globalization;
using System.Text.Json;

namespace VectorCluster.Engine.Tests.Filters;

/// <summary>What filters mean, written a second time, plainly, over a parsed document.</summary>
internal static class FilterOracle
{
    public static bool Passes(Filter filter, JsonElement payload) =>
        filter.Must.All(condition => Holds(condition, payload))
        && !filter.MustNot.Any(condition => Holds(condition, payload))
        && (filter.Should.Count == 0 || filter.Should.Any(condition => Holds(condition, payload)))
        && (filter.MinShould is not { } min
            || min.Conditions.Count(condition => Holds(condition, payload)) >= min.MinCount);

    private static bool Holds(Condition condition, JsonElement payload) => condition switch
    {
        Filter filter => Passes(filter, payload),
        MatchCondition match => Scalars(payload, match.Path).Any(value => IsOneOf(value, match.Values)),
        MatchExceptCondition except => Scalars(payload, except.Path)
            .Any(value => value.ValueKind != JsonValueKind.Null && !IsOneOf(value, except.Values)),
        MatchTextCondition text => Scalars(payload, text.Path)
            .Any(value => value.ValueKind == JsonValueKind.String
                && value.GetString()!.Contains(text.Text, StringComparison.Ordinal)),
        RangeCondition range => Scalars(payload, range.Path)
            .Any(value => value.ValueKind == JsonValueKind.Number && InRange(value.GetRawText(), range)),
        DatetimeRangeCondition range => Scalars(payload, range.Path).Any(value => InRange(value, range)),
        IsEmptyCondition empty => Values(payload, empty.Path).All(IsEmpty) == empty.Expected,
        IsNullCondition isNull => Values(payload, isNull.Path).ToList() is { Count: > 0 } values
            ? values.Exists(value => IsNull(value) == isNull.Expected)
            : !isNull.Expected,
        ValuesCountCondition count => Values(payload, count.Path).Select(Count).DefaultIfEmpty(0).Any(n =>
            !(n <= count.Gt) && !(n < count.Gte) && !(n >= count.Lt) && !(n > count.Lte)),
        NestedCondition nested => Values(payload, nested.Path)
            .Where(value => value.ValueKind == JsonValueKind.Array)
            .SelectMany(value => value.EnumerateArray())
            .Any(value => value.ValueKind == JsonValueKind.Object && Passes(nested.Filter, value)),
        _ => throw new NotSupportedException(condition.GetType().Name),
    };

    private static IEnumerable<JsonElement> Values(JsonElement payload, PayloadPath path)
    {
        IEnumerable<JsonElement> reached = [payload];
        foreach (var step in path.Steps)
            reached = step.Kind switch
            {
                PayloadPathStepKind.Member => reached
                    .Where(value => value.ValueKind == JsonValueKind.Object && value.TryGetProperty(step.Key!, out _))
                    .Select(value => value.GetProperty(step.Key!)),
                PayloadPathStepKind.AllElements => reached
                    .Where(value => value.ValueKind == JsonValueKind.Array)
                    .SelectMany(value => value.EnumerateArray()),
                _ => reached
                    .Where(value => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > step.Index)
                    .Select(value => value[step.Index]),
            };
        return reached;
    }

    private static IEnumerable<JsonElement> Scalars(JsonElement payload, PayloadPath path) => Values(payload, path)
        .SelectMany(
            value => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : Enumerable.Repeat(value, 1));

    private static bool IsOneOf(JsonElement value, IReadOnlyList<MatchValue> wanted) =>
        wanted.Any(match => value.ValueKind switch
    {
        JsonValueKind.String => match.Kind == MatchValueKind.Text && match.Text == value.GetString(),
        JsonValueKind.Number => match.Kind == MatchValueKind.Integer
            && value.GetRawText() == match.Number.ToString(CultureInfo.InvariantCulture),
        JsonValueKind.True => match == true,
        JsonValueKind.False => match == false,
        _ => false,
    });

    /// <summary>Whole numbers compare as decimals, which hold int64 exactly and the bounds used here too.</summary>
    private static bool InRange(string number, RangeCondition range)
    {
        if (long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer))
        {
            var value = (decimal)integer;
            return !(value <= (decimal?)range.Gt) && !(value < (decimal?)range.Gte)
                && !(value >= (decimal?)range.Lt) && !(value > (decimal?)range.Lte);
        }

        var real = double.Parse(number, CultureInfo.InvariantCulture);
        return !(real <= range.Gt) && !(real < range.Gte) && !(real >= range.Lt) && !(real > range.Lte);
    }

    private static bool InRange(JsonElement value, DatetimeRangeCondition range) =>
        value.ValueKind == JsonValueKind.String
        && PayloadDatetime.TryParse(value.GetString()!, out var time)
        && !(time <= range.Gt) && !(time < range.Gte) && !(time >= range.Lt) && !(time > range.Lte);

    private static bool IsEmpty(JsonElement value) => value.ValueKind == JsonValueKind.Null || Count(value) == 0;

    private static bool IsNull(JsonElement value) => value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().Any(element => element.ValueKind == JsonValueKind.Null));

    private static long Count(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => 0,
        JsonValueKind.Array => value.GetArrayLength(),
        _ => 1,
    };
}
