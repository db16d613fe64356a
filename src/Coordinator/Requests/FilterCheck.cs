namespace VectorCluster.Coordinator.Requests;

/// <summary>Checks filters before they go to shards: bounded in depth and size, no meaningless bounds.</summary>
internal static class FilterCheck
{
    /// <summary>Most values in one match, and most ids in one condition.</summary>
    public const int MaxValues = 65_536;

    public static void Check(Filter? filter, string path = "$.filter")
    {
        if (filter is null) return;
        var conditions = 0;
        CheckFilter(filter, path, depth: 1, isNested: false, ref conditions);
    }

    private static void CheckFilter(Filter filter, string path, int depth, bool isNested, ref int conditions)
    {
        if (depth > Filter.MaxDepth)
            throw Invalid($"Filters nest at most {Filter.MaxDepth} deep.", path);
        CheckAll(filter.Must, path + ".must", depth, isNested, ref conditions);
        CheckAll(filter.Should, path + ".should", depth, isNested, ref conditions);
        CheckAll(filter.MustNot, path + ".must_not", depth, isNested, ref conditions);
        if (filter.MinShould is not { } minShould) return;
        if (minShould.MinCount < 0) throw Invalid("min_count is at least 0.", path + ".min_should.min_count");
        CheckAll(minShould.Conditions, path + ".min_should.conditions", depth, isNested, ref conditions);
    }

    private static void CheckAll(
        IReadOnlyList<Condition> all, string path, int depth, bool isNested, ref int conditions)
    {
        conditions += all.Count;
        if (conditions > Filter.MaxConditions)
            throw Invalid($"A filter has at most {Filter.MaxConditions} conditions.", path);
        for (var i = 0; i < all.Count; i++) CheckCondition(all[i], $"{path}[{i}]", depth, isNested, ref conditions);
    }

    private static void CheckCondition(Condition condition, string path, int depth, bool isNested, ref int conditions)
    {
        switch (condition)
        {
            case Filter filter:
                CheckFilter(filter, path, depth + 1, isNested, ref conditions);
                break;
            case NestedCondition nested:
                CheckFilter(nested.Filter, path + ".nested.filter", depth + 1, isNested: true, ref conditions);
                break;
            case HasIdCondition when isNested:
                throw Invalid("has_id can't stand in a nested filter.", path + ".has_id");
            case HasIdCondition hasId:
                CheckCount(hasId.Ids.Count, path + ".has_id");
                break;
            case MatchCondition match:
                CheckCount(match.Values.Count, path + ".match");
                break;
            case MatchExceptCondition except:
                CheckCount(except.Values.Count, path + ".match");
                break;
            case RangeCondition range when IsNotANumber(range):
                throw Invalid("The bounds of a range are finite numbers.", path + ".range");
        }
    }

    private static bool IsNotANumber(RangeCondition range) =>
        IsNotFinite(range.Gt) || IsNotFinite(range.Gte) || IsNotFinite(range.Lt) || IsNotFinite(range.Lte);

    private static bool IsNotFinite(double? bound) => bound is { } value && !double.IsFinite(value);

    private static void CheckCount(int count, string path)
    {
        if (count > MaxValues) throw Invalid($"A condition has at most {MaxValues} values.", path);
    }

    private static InvalidRequestException Invalid(string message, string path) =>
        Requests.Check.Invalid(ErrorCodes.InvalidFilter, message, path);
}
