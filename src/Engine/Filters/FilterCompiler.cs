using System.Diagnostics.CodeAnalysis;
using VectorCluster.Engine.Points;

namespace VectorCluster.Engine.Filters;

/// <summary>Makes filters ready for one shard: conditions that a payload index answers go to it, the others to the
/// payload.</summary>
/// <remarks>An index makes a condition faster, never different: the property tests compare the two.</remarks>
/// <param name="asOf">LSN that the reader sees, taken before: what indexes know beyond it does no harm.</param>
internal sealed class FilterCompiler(PointTable points, IReadOnlyList<PayloadIndex> indexes, long asOf)
{
    public PlacePredicate Compile(Filter filter)
    {
        var must = filter.Must.Select(CompileCondition).ToList();
        if (filter.Should.Count > 0)
            must.Add(new AtLeastPredicate([.. filter.Should.Select(CompileCondition)], 1));
        if (filter.MinShould is { } minShould)
            must.Add(new AtLeastPredicate([.. minShould.Conditions.Select(CompileCondition)], minShould.MinCount));
        return must.Count == 1 && filter.MustNot.Count == 0
            ? must[0]
            : new AllPredicate([.. must], [.. filter.MustNot.Select(CompileCondition)], () => points.LiveCount);
    }

    private PlacePredicate CompileCondition(Condition condition) => condition switch
    {
        Filter filter => Compile(filter),
        HasIdCondition hasId => CompileHasId(hasId),
        MatchCondition match => CompileMatch(match),
        MatchExceptCondition except => CompileExcept(except),
        RangeCondition range => CompileRange(range),
        DatetimeRangeCondition range => CompileDatetimeRange(range),
        _ => OnPayload(condition),
    };

    private PayloadPredicate OnPayload(Condition condition) => new(points, PayloadTest.Of(condition));

    private PlaceSetPredicate CompileHasId(HasIdCondition condition)
    {
        var places = new HashSet<int>();
        foreach (var id in condition.Ids)
            if (points.FindAsOf(id, asOf) is var place and >= 0) places.Add(place);
        return new(places);
    }

    private PlacePredicate CompileMatch(MatchCondition condition)
    {
        var payload = OnPayload(condition);
        return TryFind(condition.Path, kind => AcceptsAll(kind, condition.Values), out var index)
            ? new IndexedKeysPredicate(index, CodesOf(index, condition.Values), payload)
            : payload;
    }

    private PlacePredicate CompileExcept(MatchExceptCondition condition)
    {
        var payload = OnPayload(condition);
        return TryFind(condition.Path, kind => AcceptsAll(kind, condition.Values), out var index)
            ? new IndexedExceptPredicate(index, CodesOf(index, condition.Values), payload)
            : payload;
    }

    private PlacePredicate CompileRange(RangeCondition condition)
    {
        var payload = OnPayload(condition);
        if (TryFind(condition.Path, kind => kind == PayloadIndexKind.Integer, out var integers))
        {
            var range = new NumberRange(condition);
            return new IndexedRangePredicate(integers, range.Lowest, range.Highest, payload);
        }

        if (!TryFind(condition.Path, kind => kind == PayloadIndexKind.Float, out var floats)) return payload;
        var lowest = Math.Max(
            condition.Gte is { } from ? IndexKey.Order(from) : long.MinValue,
            condition.Gt is { } after ? IndexKey.Order(after) + 1 : long.MinValue);
        var highest = Math.Min(
            condition.Lte is { } to ? IndexKey.Order(to) : long.MaxValue,
            condition.Lt is { } before ? IndexKey.Order(before) - 1 : long.MaxValue);
        return new IndexedRangePredicate(floats, lowest, highest, payload);
    }

    private PlacePredicate CompileDatetimeRange(DatetimeRangeCondition condition)
    {
        var payload = OnPayload(condition);
        if (!TryFind(condition.Path, kind => kind == PayloadIndexKind.Datetime, out var index)) return payload;
        var range = new DatetimeRange(condition);
        return new IndexedRangePredicate(index, range.Lowest, range.Highest, payload);
    }

    private bool TryFind(
        PayloadPath path, Func<PayloadIndexKind, bool> suits, [NotNullWhen(true)] out PayloadIndex? found)
    {
        found = null;
        foreach (var index in indexes)
            if (index.Path.Equals(path) && suits(index.Kind)) found = index;
        return found is not null;
    }

    private static bool AcceptsAll(PayloadIndexKind kind, IReadOnlyList<MatchValue> values)
    {
        foreach (var value in values)
            if (!Accepts(kind, value.Kind)) return false;
        return true;
    }

    private static bool Accepts(PayloadIndexKind kind, MatchValueKind value) => kind switch
    {
        PayloadIndexKind.Keyword or PayloadIndexKind.Uuid => value == MatchValueKind.Text,
        PayloadIndexKind.Integer => value == MatchValueKind.Integer,
        PayloadIndexKind.Bool => value == MatchValueKind.Bool,
        _ => false,
    };

    /// <summary>Codes of the values that the index has; a value whose key is long or unusual can only be among its
    /// "other" ones.</summary>
    private static HashSet<int> CodesOf(PayloadIndex index, IReadOnlyList<MatchValue> values)
    {
        var codes = new HashSet<int>();
        Span<byte> key = stackalloc byte[IndexKey.MaxBytes];
        foreach (var value in values)
        {
            var length = IndexKey.TryWrite(index.Kind, value, key);
            if (length >= 0 && index.Keys.Find(key[..length]) is var number and >= 0) codes.Add(number + 1);
        }

        return codes;
    }
}
