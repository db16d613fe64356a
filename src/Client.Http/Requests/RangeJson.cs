using System.Globalization;
using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Writes bounds of numbers, date-times and counts.</summary>
internal static class RangeJson
{
    public static void Write(Utf8JsonWriter json, Condition condition)
    {
        switch (condition)
        {
            case RangeCondition range:
                json.WriteString("key", range.Path.Text);
                json.WriteStartObject("range");
                WriteNumber(json, "gt", range.Gt, open: double.NegativeInfinity);
                WriteNumber(json, "gte", range.Gte, open: double.NegativeInfinity);
                WriteNumber(json, "lt", range.Lt, open: double.PositiveInfinity);
                WriteNumber(json, "lte", range.Lte, open: double.PositiveInfinity);
                break;
            case DatetimeRangeCondition range:
                json.WriteString("key", range.Path.Text);
                json.WriteStartObject("range");
                WriteDatetime(json, "gt", range.Gt);
                WriteDatetime(json, "gte", range.Gte);
                WriteDatetime(json, "lt", range.Lt);
                WriteDatetime(json, "lte", range.Lte);
                break;
            case ValuesCountCondition count:
                json.WriteString("key", count.Path.Text);
                json.WriteStartObject("values_count");
                WriteCount(json, "gt", count.Gt);
                WriteCount(json, "gte", count.Gte);
                WriteCount(json, "lt", count.Lt);
                WriteCount(json, "lte", count.Lte);
                break;
            default:
                throw new InvalidRequestException(
                    ErrorCodes.Unsupported, $"A condition of type {condition.GetType().Name} can't be sent.");
        }

        json.WriteEndObject();
    }

    /// <param name="open">The infinity that bounds nothing on this side; JSON has no other way to say it than to
    /// leave it out.</param>
    private static void WriteNumber(Utf8JsonWriter json, string name, double? bound, double open)
    {
        if (bound is not { } value || value.Equals(open)) return;
        if (!double.IsFinite(value))
            throw new InvalidRequestException(ErrorCodes.InvalidFilter, $"The bound `{name}` of a range is {value}.");
        json.WriteNumber(name, value);
    }

    private static void WriteDatetime(Utf8JsonWriter json, string name, DateTimeOffset? bound)
    {
        if (bound is { } value) json.WriteString(name, value.ToString("O", CultureInfo.InvariantCulture));
    }

    private static void WriteCount(Utf8JsonWriter json, string name, long? bound)
    {
        if (bound is { } value) json.WriteNumber(name, value);
    }
}
