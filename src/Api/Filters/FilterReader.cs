namespace VectorCluster.Api;

/// <summary>Reads filters. Every unknown member is an error with its place: a typo must not silently change a
/// result.</summary>
internal sealed class FilterReader
{
    private int _depth;
    private int _conditions;

    private FilterReader()
    {
    }

    public static Filter Read(JsonInput input) => new FilterReader().ReadFilter(input);

    public static Filter? ReadOptional(JsonInput body) => body.Find("filter") is { } filter ? Read(filter) : null;

    public Filter ReadFilter(JsonInput input)
    {
        input.AllowOnly("must", "should", "must_not", "min_should");
        if (++_depth > Filter.MaxDepth)
            throw input.Error(ErrorCodes.InvalidFilter, $"Filters nest at most {Filter.MaxDepth} deep.");
        var filter = new Filter
        {
            Must = ReadConditions(input.Find("must")),
            Should = ReadConditions(input.Find("should")),
            MustNot = ReadConditions(input.Find("must_not")),
            MinShould = input.Find("min_should") is { } minShould ? ReadMinShould(minShould) : null,
        };
        _depth--;
        return filter;
    }

    private Condition[] ReadConditions(JsonInput? input) => input switch
    {
        null => [],
        { Kind: System.Text.Json.JsonValueKind.Array } list => list.ReadItems(ReadCondition),
        { } single => [ReadCondition(single)],
    };

    private MinShould ReadMinShould(JsonInput input)
    {
        input.AllowOnly("conditions", "min_count");
        return new(
            ReadConditions(input.Require("conditions")),
            input.Require("min_count").AsInt32(1, int.MaxValue));
    }

    private Condition ReadCondition(JsonInput input)
    {
        input.RequireObject();
        if (++_conditions > Filter.MaxConditions)
            throw input.Error(ErrorCodes.InvalidFilter, $"A filter has at most {Filter.MaxConditions} conditions.");
        return ConditionReader.Read(input, this);
    }
}
