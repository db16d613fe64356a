using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Writes filters.</summary>
internal static class FilterJson
{
    public static void WriteOptional(Utf8JsonWriter json, Filter? filter)
    {
        if (filter is null) return;
        json.WritePropertyName("filter");
        Write(json, filter);
    }

    public static void Write(Utf8JsonWriter json, Filter filter)
    {
        json.WriteStartObject();
        WriteConditions(json, "must", filter.Must);
        WriteConditions(json, "should", filter.Should);
        WriteConditions(json, "must_not", filter.MustNot);
        if (filter.MinShould is { } minShould)
        {
            json.WriteStartObject("min_should");
            json.WriteStartArray("conditions");
            foreach (var condition in minShould.Conditions) WriteCondition(json, condition);
            json.WriteEndArray();
            json.WriteNumber("min_count", minShould.MinCount);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteConditions(Utf8JsonWriter json, string name, IReadOnlyList<Condition> conditions)
    {
        if (conditions.Count == 0) return;
        json.WriteStartArray(name);
        foreach (var condition in conditions) WriteCondition(json, condition);
        json.WriteEndArray();
    }

    private static void WriteCondition(Utf8JsonWriter json, Condition condition)
    {
        if (condition is Filter filter)
        {
            Write(json, filter);
            return;
        }

        json.WriteStartObject();
        switch (condition)
        {
            case HasIdCondition hasId:
                VectorJson.WriteIds(json, "has_id", hasId.Ids);
                break;
            case NestedCondition nested:
                json.WriteStartObject("nested");
                json.WriteString("key", nested.Path.Text);
                FilterJson.WriteOptional(json, nested.Filter);
                json.WriteEndObject();
                break;
            default:
                WriteFieldCondition(json, condition);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteFieldCondition(Utf8JsonWriter json, Condition condition)
    {
        switch (condition)
        {
            case MatchCondition match:
                WriteMatch(json, match.Path, "any", match.Values);
                break;
            case MatchExceptCondition except:
                WriteMatch(json, except.Path, "except", except.Values);
                break;
            case MatchTextCondition text:
                json.WriteString("key", text.Path.Text);
                json.WriteStartObject("match");
                json.WriteString("text", text.Text);
                json.WriteEndObject();
                break;
            case IsEmptyCondition empty:
                json.WriteString("key", empty.Path.Text);
                json.WriteBoolean("is_empty", empty.Expected);
                break;
            case IsNullCondition isNull:
                json.WriteString("key", isNull.Path.Text);
                json.WriteBoolean("is_null", isNull.Expected);
                break;
            default:
                RangeJson.Write(json, condition);
                break;
        }
    }

    private static void WriteMatch(Utf8JsonWriter json, PayloadPath path, string kind, IReadOnlyList<MatchValue> values)
    {
        json.WriteString("key", path.Text);
        json.WriteStartObject("match");
        json.WriteStartArray(kind);
        foreach (var value in values)
        {
            switch (value.Kind)
            {
                case MatchValueKind.Text:
                    json.WriteStringValue(value.Text);
                    break;
                case MatchValueKind.Integer:
                    json.WriteNumberValue(value.Number);
                    break;
                default:
                    json.WriteBooleanValue(value.Number != 0);
                    break;
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
