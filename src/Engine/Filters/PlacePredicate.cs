using VectorCluster.Engine.Points;

namespace VectorCluster.Engine.Filters;

/// <summary>A condition made ready for places of one shard. Not for several threads.</summary>
internal abstract class PlacePredicate
{
    /// <summary>No index helps: every place would have to be looked at.</summary>
    public const int Unbounded = int.MaxValue;

    public abstract bool Matches(int place);

    /// <summary>At most about so many places match; <see cref="Unbounded"/>: nobody knows without looking.</summary>
    public virtual int Bound => Unbounded;

    /// <summary>How many live places match, about; null: nobody knows without looking.</summary>
    public virtual int? Estimate => null;

    /// <summary>Appends all places that may match, some more than once. Only where <see cref="Bound"/> is
    /// known.</summary>
    public virtual void Collect(List<int> places) => throw new NotSupportedException();
}

/// <summary>Looks at the payload.</summary>
internal sealed class PayloadPredicate(PointTable points, PayloadTest test) : PlacePredicate
{
    public override bool Matches(int place) => test.Holds(points.PayloadOf(place));
}

/// <summary>The place is one of a few.</summary>
internal sealed class PlaceSetPredicate(HashSet<int> wanted) : PlacePredicate
{
    public override int Bound => wanted.Count;

    public override int? Estimate => wanted.Count;

    public override bool Matches(int place) => wanted.Contains(place);

    public override void Collect(List<int> places) => places.AddRange(wanted);
}

/// <summary>One of the place's values has one of some keys of an index.</summary>
/// <param name="payload">The same condition on the payload, for values that the index has no key for.</param>
internal sealed class IndexedKeysPredicate(
    PayloadIndex index, HashSet<int> codes, PlacePredicate payload) : PlacePredicate
{
    private const int NoCode = -1;

    private readonly int _only = codes.Count == 1 ? codes.First() : NoCode; // the usual filter, so it has a short way

    public override int Bound
    {
        get
        {
            var sum = (long)index.CountOf(PayloadIndex.Other);
            foreach (var code in codes) sum += index.CountOf(code);
            return (int)Math.Min(Unbounded - 1, sum);
        }
    }

    public override int? Estimate => index.CountOf(PayloadIndex.Other) == 0 ? Bound : null;

    public override bool Matches(int place)
    {
        if (index.TryGetOnlyKey(place, out var key)) return _only >= 0 ? key == _only : codes.Contains(key);
        var hasOther = false;
        foreach (var code in index.CodesOf(place))
        {
            if (code == PayloadIndex.Other) hasOther = true;
            else if (codes.Contains(code)) return true;
        }

        return hasOther && payload.Matches(place);
    }

    public override void Collect(List<int> places)
    {
        index.CollectPlaces(PayloadIndex.Other, places);
        foreach (var code in codes) index.CollectPlaces(code, places);
    }
}

/// <summary>One of the place's values has a key within bounds of an ordered index.</summary>
/// <param name="payload">As for <see cref="IndexedKeysPredicate"/>.</param>
internal sealed class IndexedRangePredicate(PayloadIndex index, long lowest, long highest, PlacePredicate payload)
    : PlacePredicate
{
    public override int Bound => (int)Math.Min(
        Unbounded - 1L,
        ((long)index.PlacesPerKey * index.EstimateCodes(lowest, highest)) + index.CountOf(PayloadIndex.Other));

    public override bool Matches(int place)
    {
        var hasOther = false;
        foreach (var code in index.CodesOf(place))
        {
            if (code == PayloadIndex.Other)
            {
                hasOther = true;
                continue;
            }

            var order = IndexKey.ReadOrdered(index.Keys.Key(code - 1));
            if (order >= lowest && order <= highest) return true;
        }

        return hasOther && payload.Matches(place);
    }

    public override void Collect(List<int> places)
    {
        var codes = new List<int>();
        index.CollectCodes(lowest, highest, codes);
        index.CollectPlaces(PayloadIndex.Other, places);
        foreach (var code in codes) index.CollectPlaces(code, places);
    }
}

/// <summary>One of the place's values has none of some keys of an index.</summary>
internal sealed class IndexedExceptPredicate(
    PayloadIndex index, HashSet<int> codes, PlacePredicate payload) : PlacePredicate
{
    public override int? Estimate =>
        index.CountOf(PayloadIndex.Other) == 0
            ? Math.Max(0, index.PlaceCount - codes.Sum(index.CountOf))
            : null;

    public override bool Matches(int place)
    {
        var hasOther = false;
        foreach (var code in index.CodesOf(place))
        {
            if (code == PayloadIndex.Other) hasOther = true;
            else if (!codes.Contains(code)) return true;
        }

        return hasOther && payload.Matches(place);
    }
}

/// <summary>All of must, none of mustNot.</summary>
/// <param name="live">How many places live.</param>
internal sealed class AllPredicate(PlacePredicate[] must, PlacePredicate[] mustNot, Func<int> live) : PlacePredicate
{
    /// <summary>Of the matches that are left out, at most one of so many is ignored.</summary>
    private const int MostLeftOut = 8;

    private readonly PlacePredicate[] _must = [.. must.OrderBy(predicate => predicate.Bound)];

    public override int Bound => _must.Length == 0 ? Unbounded : _must[0].Bound;

    public override int? Estimate
    {
        get
        {
            // Several conditions may go together or exclude each other; a few places left out make no difference.
            var estimate = _must.Length switch { 0 => live(), 1 => _must[0].Estimate, _ => null };
            var leftOut = mustNot.Sum(predicate => (long?)predicate.Estimate ?? int.MaxValue);
            return leftOut <= estimate / MostLeftOut ? estimate - (int)leftOut : null;
        }
    }

    public override bool Matches(int place)
    {
        foreach (var predicate in _must)
            if (!predicate.Matches(place)) return false;
        foreach (var predicate in mustNot)
            if (predicate.Matches(place)) return false;
        return true;
    }

    public override void Collect(List<int> places) => _must[0].Collect(places);
}

/// <summary>At least so many of the predicates match.</summary>
internal sealed class AtLeastPredicate(PlacePredicate[] predicates, int minCount) : PlacePredicate
{
    public override int Bound
    {
        get
        {
            if (minCount <= 0) return Unbounded;
            var sum = 0L;
            foreach (var predicate in predicates)
            {
                if (predicate.Bound == Unbounded) return Unbounded;
                sum += predicate.Bound;
            }

            return (int)Math.Min(Unbounded - 1, sum);
        }
    }

    public override bool Matches(int place)
    {
        var count = 0;
        for (var i = 0; i < predicates.Length && count < minCount; i++)
            if (predicates[i].Matches(place)) count++;
        return count >= minCount;
    }

    public override void Collect(List<int> places)
    {
        foreach (var predicate in predicates) predicate.Collect(places);
    }
}
