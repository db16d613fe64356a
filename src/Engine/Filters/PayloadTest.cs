using System.Diagnostics;

namespace VectorCluster.Engine.Filters;

/// <summary>A condition made ready for payload text: the meaning of filters, which payload indexes only make
/// faster.</summary>
internal abstract class PayloadTest
{
    /// <param name="json">The payload, or the object of it that a nested filter is about.</param>
    public abstract bool Holds(ReadOnlySpan<byte> json);

    /// <exception cref="InvalidRequestException">A condition on ids stands in a nested filter.</exception>
    public static PayloadTest Of(Condition condition) => condition switch
    {
        Filter filter => FilterTest.Of(filter),
        MatchCondition match => new AnyValueTest(match.Path, new MatchTest(match.Values)),
        MatchExceptCondition except => new AnyValueTest(except.Path, new MatchExceptTest(except.Values)),
        MatchTextCondition text => new AnyValueTest(text.Path, new MatchTextTest(text.Text)),
        RangeCondition range => new AnyValueTest(range.Path, new RangeTest(new(range))),
        DatetimeRangeCondition range => new AnyValueTest(range.Path, new DatetimeRangeTest(new(range))),
        IsEmptyCondition empty => new NoneValueTest(empty.Path, new EmptyTest(expected: false), empty.Expected),
        IsNullCondition isNull =>
            new AnyValueTest(isNull.Path, new NullTest(isNull.Expected), ifUnreached: !isNull.Expected),
        ValuesCountCondition count => ValuesCount(count),
        NestedCondition nested => new AnyValueTest(nested.Path.OfElements(), new NestedTest(Of(nested.Filter))),
        HasIdCondition => throw new InvalidRequestException(
            ErrorCodes.InvalidFilter, "A condition on ids can't stand in a nested filter."),
        _ => throw new UnreachableException(condition.GetType().Name),
    };

    private static AnyValueTest ValuesCount(ValuesCountCondition condition)
    {
        var test = new ValuesCountTest(condition);
        return new(condition.Path, test, ifUnreached: test.Allows(0));
    }
}

/// <summary>One of the values that the path reaches passes.</summary>
internal sealed class AnyValueTest(PayloadPath path, ValueTest test, bool ifUnreached = false) : PayloadTest
{
    private readonly PayloadWalker _walker = new(path);

    public override bool Holds(ReadOnlySpan<byte> json) =>
        _walker.Any(json, test, out var reached) || (!reached && ifUnreached);
}

/// <summary>None of the values that the path reaches passes (or, <paramref name="expected"/> false, one
/// does).</summary>
internal sealed class NoneValueTest(PayloadPath path, ValueTest test, bool expected) : PayloadTest
{
    private readonly PayloadWalker _walker = new(path);

    public override bool Holds(ReadOnlySpan<byte> json) => !_walker.Any(json, test, out _) == expected;
}

/// <summary>A whole filter over one payload text.</summary>
internal sealed class FilterTest(
    PayloadTest[] must, PayloadTest[] should, PayloadTest[] mustNot, PayloadTest[]? minShould, int minCount)
        : PayloadTest
{
    public static FilterTest Of(Filter filter) => new(
        [.. filter.Must.Select(PayloadTest.Of)],
        [.. filter.Should.Select(PayloadTest.Of)],
        [.. filter.MustNot.Select(PayloadTest.Of)],
        filter.MinShould is { } minShould ? [.. minShould.Conditions.Select(PayloadTest.Of)] : null,
        filter.MinShould?.MinCount ?? 0);

    public override bool Holds(ReadOnlySpan<byte> json)
    {
        foreach (var test in must)
            if (!test.Holds(json)) return false;
        foreach (var test in mustNot)
            if (test.Holds(json)) return false;
        return (should.Length == 0 || CountUpTo(should, 1, json) == 1)
            && (minShould is null || CountUpTo(minShould, minCount, json) == minCount);
    }

    private static int CountUpTo(PayloadTest[] tests, int wanted, ReadOnlySpan<byte> json)
    {
        var count = 0;
        foreach (var test in tests)
        {
            if (count == wanted) break;
            if (test.Holds(json)) count++;
        }

        return count;
    }
}
