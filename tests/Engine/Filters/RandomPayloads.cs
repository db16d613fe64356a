using System.Text.Json.Nodes;

namespace VectorCluster.Engine.Tests.Filters;

/// <summary>Payloads and filters over a few fields and values, so that conditions often hold; all from one
/// seed.</summary>
internal sealed class RandomPayloads(int seed)
{
    private static readonly string[] Fields =
        ["tag", "size", "price", "ok", "at", "ref", "place.city", "parts[].n", "missing"];

    private static readonly string[] Texts =
    [
        "red", "green", "blue", "", "Grün", "a\"b", "2026-01-02T03:04:05Z", "2026-01-02",
            "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
        "6F9619FF-8B86-D011-B42D-00CF4FC964FF", "10000000-0000-0000-0000-000000000001", new string('x', 600),
    ];

    private static readonly string[] Numbers =
        ["0", "1", "2", "-3", "1.5", "2.0", "1e3", "9007199254740993", "-9223372036854775808", "0.1"];

    private readonly Random _random = new(seed);

    public Payload NextPayload()
    {
        var payload = new JsonObject();
        foreach (var field in new[] { "tag", "size", "price", "ok", "at", "ref" })
            if (_random.Next(4) > 0) payload[field] = NextValue(allowArray: true);
        if (_random.Next(2) == 0) payload["place"] = new JsonObject { ["city"] = NextValue(allowArray: true) };
        if (_random.Next(2) == 0) payload["parts"] = new JsonArray(
            [.. Enumerable.Range(0, _random.Next(4)).Select(_ => NextPart())]);
        return Payload.Parse(payload.ToJsonString());
    }

    public Filter NextFilter(int depth = 0) => new()
    {
        Must = NextConditions(depth, 2),
        Should = _random.Next(2) == 0 ? NextConditions(depth, 3) : [],
        MustNot = _random.Next(3) == 0 ? NextConditions(depth, 2) : [],
        MinShould = _random.Next(5) == 0 ? new(NextConditions(depth, 3), _random.Next(3)) : null,
    };

    private JsonNode NextPart() => _random.Next(4) == 0
        ? JsonValue.Create("loose")
        : new JsonObject { ["n"] = NextValue(allowArray: false), ["tag"] = NextValue(allowArray: false) };

    private JsonNode? NextValue(bool allowArray) => _random.Next(allowArray ? 8 : 7) switch
    {
        0 => null,
        1 => JsonValue.Create(_random.Next(2) == 0),
        2 or 3 => JsonNode.Parse(Numbers[_random.Next(Numbers.Length)]),
        7 => new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => NextValue(allowArray: false))]),
        _ => JsonValue.Create(Texts[_random.Next(Texts.Length)]),
    };

    private List<Condition> NextConditions(int depth, int max) =>
        [.. Enumerable.Range(0, _random.Next(max + 1)).Select(_ => NextCondition(depth))];

    private Condition NextCondition(int depth)
    {
        PayloadPath path = Fields[_random.Next(Fields.Length)];
        return _random.Next(depth < 2 ? 12 : 10) switch
        {
            0 or 1 => new MatchCondition(path, NextMatchValues()),
            2 => new MatchExceptCondition(path, NextMatchValues()),
            3 => new MatchTextCondition(path, Texts[_random.Next(5)]),
            4 or 5 => NextRange(path),
            6 => NextDatetimeRange(path),
            7 => new IsEmptyCondition(path, _random.Next(4) > 0),
            8 => new IsNullCondition(path, _random.Next(4) > 0),
            9 => new ValuesCountCondition(path)
            {
                Gte = _random.Next(3),
                Lt = _random.Next(2) == 0 ? _random.Next(5)
                : null
            },
            10 => NextFilter(depth + 1),
            _ => new NestedCondition("parts", new() { Must = [new MatchCondition("n", NextMatchValues())] }),
        };
    }

    private List<MatchValue> NextMatchValues()
    {
        var kind = _random.Next(7);
        return [.. Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => kind switch
        {
            0 => (MatchValue)(_random.Next(2) == 0),
            1 or 2 => (MatchValue)(long)(_random.Next(5) - 2),
            3 => _random.Next(2) == 0 ? (MatchValue)1L : (MatchValue)"red", // mixed kinds: no index answers them alone
            _ => (MatchValue)Texts[_random.Next(Texts.Length)],
        })];
    }

    private RangeCondition NextRange(PayloadPath path)
    {
        double? Bound() => _random.Next(2) == 0 ? null
            : new[] { 0, 1, 1.5, 2, -3, 1000, 9007199254740992, -9.3e18 }[_random.Next(8)];
        return new(path) { Gt = Bound(), Gte = Bound(), Lt = Bound(), Lte = Bound() };
    }

    private DatetimeRangeCondition NextDatetimeRange(PayloadPath path)
    {
        DateTimeOffset? Bound() => _random.Next(2) == 0 ? null
            : DateTimeOffset.UnixEpoch.AddDays(20_450 + _random.Next(6));
        return new(path) { Gt = Bound(), Gte = Bound(), Lt = Bound(), Lte = Bound() };
    }
}
