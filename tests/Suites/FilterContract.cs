using System.Globalization;

namespace VectorCluster.Suites;

/// <summary>Every condition and every way to combine them, on payloads chosen to be awkward.</summary>
/// <remarks>Each case runs without and with payload indexes, through scroll, count and search: an index may change
/// the speed, nothing else.</remarks>
public abstract class FilterContract : VectorDatabaseContract
{
    private static readonly string[] Payloads =
    [
        """{"city":"Berlin","n":1,"price":9.5,"ok":true,"tags":["a","b"],"at":"2024-01-01T00:00:00Z","country":{"name":"de"},"rooms":[{"size":10,"kind":"bed"},{"size":20,"kind":"bath"}]}""",
        """{"city":"London","n":2,"price":10,"ok":false,"tags":["b","c"],"at":"2024-06-01T12:00:00+02:00","country":{"name":"uk"},"rooms":[{"size":20,"kind":"bed"}]}""",
        """{"city":"Moscow","n":3,"tags":[],"at":"2025-01-01T00:00:00.5Z","country":null}""",
        """{"city":["Berlin","Paris"],"n":[4,5],"price":"cheap","ok":[true,false],"tags":null}""",
        "{}",
        """{"city":"berlin","n":-1,"price":-0.5,"tags":["a",null],"at":"not a date","country":{"name":["fr","de"]}}""",
    ];

    private static readonly Dictionary<string, PayloadIndexKind> Indexes = new(StringComparer.Ordinal)
    {
        ["city"] = PayloadIndexKind.Keyword,
        ["n"] = PayloadIndexKind.Integer,
        ["price"] = PayloadIndexKind.Float,
        ["ok"] = PayloadIndexKind.Bool,
        ["at"] = PayloadIndexKind.Datetime,
        ["tags"] = PayloadIndexKind.Keyword,
        ["country.name"] = PayloadIndexKind.Keyword,
        ["rooms[].size"] = PayloadIndexKind.Integer,
    };

    /// <summary>Name, filter, and the ids of the points that pass: point i has <c>Payloads[i − 1]</c>.</summary>
    private static readonly (string Name, Filter Filter, int[] Passing)[] Cases =
    [
        .. MatchCases(), .. RangeCases(), .. PresenceCases(), .. PathCases(), .. CombinedCases(),
    ];

    public static TheoryData<string> CaseNames => [.. Cases.Select(item => item.Name)];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task A_filter_passes_what_it_says(string name)
    {
        var (_, filter, passing) = Cases.Single(item => item.Name == name);
        foreach (var indexed in (bool[])[false, true])
        {
            var collection = await CreateFilledAsync(indexed);

            Assert.Equal(Numbers(passing), await IdsAsync(collection, filter));
            Assert.Equal(passing.Length, await CountAsync(collection, filter));
            foreach (var exact in (bool[])[false, true])
            {
                var result = await Database.SearchAsync(new()
                {
                    Collection = collection,
                    Query = new NearestQuery(new float[] { 0, 0 }),
                    Filter = filter,
                    Exact = exact,
                });
                Assert.Equal(Numbers(passing), result.Hits.Select(hit => hit.Id));
            }
        }
    }

    [Fact]
    public async Task An_index_made_later_or_removed_changes_no_result()
    {
        var collection = await CreateFilledAsync(indexed: false);
        foreach (var (path, kind) in Indexes) await Database.CreatePayloadIndexAsync(collection, path, kind);
        await AssertAllCasesAsync(collection);

        foreach (var path in Indexes.Keys) await Database.DeletePayloadIndexAsync(collection, path);
        await AssertAllCasesAsync(collection);
    }

    private async Task AssertAllCasesAsync(string collection)
    {
        foreach (var (name, filter, passing) in Cases)
        {
            var ids = await IdsAsync(collection, filter);
            Assert.True(ids.SequenceEqual(Numbers(passing)), $"{name}: {string.Join(", ", ids)}");
        }
    }

    private async Task<string> CreateFilledAsync(bool indexed)
    {
        var name = NewName();
        var settings = CollectionSettings.ForVector(2, DistanceMetric.Euclidean, shardCount: 3);
        await Database.CreateCollectionAsync(name, indexed ? settings with { PayloadIndexes = Indexes } : settings);
        // Farther with every id, so that searches answer in the order of ids.
        await UpsertAsync(name, [.. Payloads.Select((payload, i) => At((ulong)(i + 1), i, 0, payload))]);
        return name;
    }

    private static IEnumerable<(string Name, Filter Filter, int[] Passing)> MatchCases()
    {
        yield return ("match string", Filter.All(new MatchCondition("city", "Berlin")), [1, 4]);
        yield return ("match string in array", Filter.All(new MatchCondition("tags", "b")), [1, 2]);
        yield return ("match integer", Filter.All(new MatchCondition("n", 2)), [2]);
        yield return ("match integer in array", Filter.All(new MatchCondition("n", 5)), [4]);
        yield return ("match negative integer", Filter.All(new MatchCondition("n", -1)), [6]);
        yield return ("match true", Filter.All(new MatchCondition("ok", true)), [1, 4]);
        yield return ("match false", Filter.All(new MatchCondition("ok", false)), [2, 4]);
        yield return ("match of another type", Filter.All(new MatchCondition("n", "1")), []);
        yield return ("match missing field", Filter.All(new MatchCondition("zzz", "x")), []);
        yield return ("match any", Filter.All(new MatchCondition("city", ["London", "Moscow"])), [2, 3]);
        yield return ("match any of mixed types", Filter.All(new MatchCondition("n", ["x", 3])), [3]);
        yield return ("match any of nothing", Filter.All(new MatchCondition("city", [])), []);
        yield return ("match except", Filter.All(new MatchExceptCondition("city", ["Berlin"])), [2, 3, 4, 6]);
        yield return ("match except leaves null out", Filter.All(new MatchExceptCondition("tags", ["a", "b"])), [2]);
        yield return ("match except nothing", Filter.All(new MatchExceptCondition("city", [])), [1, 2, 3, 4, 6]);
        yield return ("match text", Filter.All(new MatchTextCondition("city", "er")), [1, 4, 6]);
        yield return ("match text tells cases apart", Filter.All(new MatchTextCondition("city", "Ber")), [1, 4]);
    }

    private static IEnumerable<(string Name, Filter Filter, int[] Passing)> RangeCases()
    {
        yield return ("gte", Filter.All(new RangeCondition("n") { Gte = 2 }), [2, 3, 4]);
        yield return ("gt", Filter.All(new RangeCondition("n") { Gt = 2 }), [3, 4]);
        yield return ("lt", Filter.All(new RangeCondition("n") { Lt = 1 }), [6]);
        yield return ("lte", Filter.All(new RangeCondition("n") { Lte = 1 }), [1, 6]);
        yield return ("two bounds on one element", Filter.All(new RangeCondition("n") { Gt = 4, Lt = 5 }), []);
        yield return ("fractions", Filter.All(new RangeCondition("price") { Gte = -0.5, Lt = 9.75 }), [1, 6]);
        yield return ("fraction bound on integers", Filter.All(new RangeCondition("n") { Gt = 2.5, Lte = 3.5 }), [3]);
        yield return ("range over strings", Filter.All(new RangeCondition("city") { Gte = 0 }), []);
        yield return ("instant, whatever the offset",
            Filter.All(new DatetimeRangeCondition("at") { Gte = Time("2024-06-01T10:00:00Z") }), [2, 3]);
        yield return ("before an instant",
            Filter.All(new DatetimeRangeCondition("at") { Lt = Time("2024-06-01T10:00:00Z") }), [1]);
        yield return ("fraction of a second",
            Filter.All(new DatetimeRangeCondition("at") { Gt = Time("2025-01-01T00:00:00.499Z") }), [3]);
    }

    private static IEnumerable<(string Name, Filter Filter, int[] Passing)> PresenceCases()
    {
        yield return ("has id", Filter.All(new HasIdCondition([5, 1, 99, "x"])), [1, 5]);
        yield return ("has id of nothing", Filter.All(new HasIdCondition([])), []);
        yield return ("is empty", Filter.All(new IsEmptyCondition("tags")), [3, 4, 5]);
        yield return ("is not empty", Filter.All(new IsEmptyCondition("tags", Expected: false)), [1, 2, 6]);
        yield return ("is null", Filter.All(new IsNullCondition("tags")), [4, 6]);
        yield return ("is not null", Filter.All(new IsNullCondition("tags", Expected: false)), [1, 2, 3, 5]);
        yield return ("null object", Filter.All(new IsNullCondition("country")), [3]);
        yield return ("values count", Filter.All(new ValuesCountCondition("tags") { Gte = 2 }), [1, 2, 6]);
        yield return ("values count of none", Filter.All(new ValuesCountCondition("tags") { Lt = 1 }), [3, 4, 5]);
        yield return (
            "values count of one", Filter.All(new ValuesCountCondition("n") { Gt = 0, Lte = 1 }), [1, 2, 3, 6]);
    }

    private static IEnumerable<(string Name, Filter Filter, int[] Passing)> PathCases()
    {
        yield return ("member of a member", Filter.All(new MatchCondition("country.name", "de")), [1, 6]);
        yield return ("every element", Filter.All(new RangeCondition("rooms[].size") { Gte = 15 }), [1, 2]);
        yield return ("one element", Filter.All(new RangeCondition("rooms[0].size") { Gte = 15 }), [2]);
        yield return ("no descent into arrays", Filter.All(new RangeCondition("rooms.size") { Gte = 0 }), []);
        var bigBedroom = Filter.All(new MatchCondition("kind", "bed"), new RangeCondition("size") { Gte = 15 });
        yield return ("nested: one object passes all", Filter.All(new NestedCondition("rooms", bigBedroom)), [2]);
        yield return ("not nested: several objects pass together",
            Filter.All(
                new MatchCondition("rooms[].kind", "bed"), new RangeCondition("rooms[].size") { Gte = 15 }), [1, 2]);
    }

    private static IEnumerable<(string Name, Filter Filter, int[] Passing)> CombinedCases()
    {
        Condition berlin = new MatchCondition("city", "Berlin");
        Condition small = new RangeCondition("n") { Lt = 2 };
        Condition ok = new MatchCondition("ok", true);
        yield return ("empty filter", new Filter(), [1, 2, 3, 4, 5, 6]);
        yield return ("all of two", Filter.All(berlin, small), [1]);
        yield return ("any of two", Filter.Any(berlin, small), [1, 4, 6]);
        yield return ("none of two", Filter.None(berlin, small), [2, 3, 5]);
        yield return ("all and none", new Filter { Must = [berlin], MustNot = [small] }, [4]);
        yield return ("all and any", new Filter { Must = [ok], Should = [small, new HasIdCondition([2])] }, [1]);
        yield return ("two of three", new Filter { MinShould = new([berlin, small, ok], 2) }, [1, 4]);
        yield return ("three of three", new Filter { MinShould = new([berlin, small, ok], 3) }, [1]);
        yield return ("four of three", new Filter { MinShould = new([berlin, small, ok], 4) }, []);
        yield return (
            "filter in a filter", Filter.All(Filter.Any(berlin, Filter.None(Filter.All(ok), small))), [1, 2, 3, 4, 5]);
        yield return ("not not", Filter.None(Filter.None(berlin)), [1, 4]);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
