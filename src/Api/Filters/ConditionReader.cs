using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Reads one condition of a filter, telling its kind by its members as Qdrant does.</summary>
internal static class ConditionReader
{
    private const string KeyMember = "key";

    /// <summary>Conditions of Qdrant's that we don't serve, on a field or on their own.</summary>
    private static readonly string[] UnsupportedMembers =
        ["geo_bounding_box", "geo_radius", "geo_polygon", "has_vector", "slice"];

    public static Condition Read(JsonInput input, FilterReader filters)
    {
        foreach (var name in UnsupportedMembers)
            if (input.Find(name) is { } unsupported)
                throw unsupported.Unsupported($"The condition `{name}` is not supported.");

        if (input.Find(KeyMember) is not null) return ReadFieldCondition(input);
        if (input.Find("has_id") is { } ids)
        {
            input.AllowOnly("has_id");
            return new HasIdCondition(ids.ReadItems(PointIdReader.Read));
        }

        if (input.Find("is_empty") is { } empty)
        {
            input.AllowOnly("is_empty");
            return new IsEmptyCondition(ReadKeyOf(empty));
        }

        if (input.Find("is_null") is { } isNull)
        {
            input.AllowOnly("is_null");
            return new IsNullCondition(ReadKeyOf(isNull));
        }

        if (input.Find("nested") is not { } nested) return filters.ReadFilter(input);
        input.AllowOnly("nested");
        nested.AllowOnly(KeyMember, "filter");
        return new NestedCondition(
            PathReader.Read(nested.Require(KeyMember)), filters.ReadFilter(nested.Require("filter")));
    }

    private static PayloadPath ReadKeyOf(JsonInput input)
    {
        input.AllowOnly(KeyMember);
        return PathReader.Read(input.Require(KeyMember));
    }

    private static Condition ReadFieldCondition(JsonInput input)
    {
        input.AllowOnly([KeyMember, "match", "range", "values_count", "is_empty", "is_null", .. UnsupportedMembers]);
        var path = PathReader.Read(input.Require(KeyMember));
        var found = new List<Condition>(capacity: 1);
        if (input.Find("match") is { } match) found.Add(MatchReader.Read(path, match));
        if (input.Find("range") is { } range) found.Add(RangeReader.Read(path, range));
        if (input.Find("values_count") is { } count) found.Add(RangeReader.ReadValuesCount(path, count));
        if (input.Find("is_empty") is { } empty) found.Add(new IsEmptyCondition(path, empty.AsBool()));
        if (input.Find("is_null") is { } isNull) found.Add(new IsNullCondition(path, isNull.AsBool()));
        return found.Count == 1
            ? found[0]
            : throw input.Error(
                ErrorCodes.InvalidFilter,
                "A condition on a field has one of match, range, values_count, is_empty and is_null;"
                    + $" this one has {found.Count}.");
    }
}

/// <summary>Reads <c>match</c>.</summary>
internal static class MatchReader
{
    public static Condition Read(PayloadPath path, JsonInput match)
    {
        foreach (var name in (ReadOnlySpan<string>)["text_any", "phrase", "prefix"])
            match.RefuseMember(name);
        match.AllowOnly("value", "any", "except", "text");
        if (match.Element.GetPropertyCount() != 1)
            throw match.Error(ErrorCodes.InvalidFilter, "A match has one of value, any, except and text.");
        if (match.Find("value") is { } value) return new MatchCondition(path, ReadValue(value));
        if (match.Find("any") is { } any) return new MatchCondition(path, any.ReadItems(ReadValue));
        if (match.Find("except") is { } except) return new MatchExceptCondition(path, except.ReadItems(ReadValue));
        return new MatchTextCondition(path, match.Require("text").AsString());
    }

    private static MatchValue ReadValue(JsonInput value) => value.Kind switch
    {
        JsonValueKind.String => value.AsString(),
        JsonValueKind.True or JsonValueKind.False => value.AsBool(),
        JsonValueKind.Number => value.AsInt64(long.MinValue, long.MaxValue),
        _ => throw value.WrongType("a string, a whole number, true or false"),
    };
}
