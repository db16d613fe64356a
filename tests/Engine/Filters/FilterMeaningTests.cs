using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Filters;

/// <summary>Filters mean the same with payload indexes, without them, and by an oracle that shares no code with
/// either.</summary>
public sealed class FilterMeaningTests
{
    private const int PointCount = 300;

    private static readonly Dictionary<string, PayloadIndexKind> AllIndexes = new()
    {
        ["tag"] = PayloadIndexKind.Keyword,
        ["size"] = PayloadIndexKind.Integer,
        ["price"] = PayloadIndexKind.Float,
        ["ok"] = PayloadIndexKind.Bool,
        ["at"] = PayloadIndexKind.Datetime,
        ["ref"] = PayloadIndexKind.Uuid,
        ["place.city"] = PayloadIndexKind.Keyword,
        ["parts[].n"] = PayloadIndexKind.Integer,
    };

    // Goal: indexes make filters faster, never different, whatever a search's plan. Method: random payloads (also
    // changed and replaced) and filters; a shard without indexes, one with all of them and with codes, and the oracle
    // must agree, in searches, counts and scrolls.
    [Fact]
    public void Indexed_unindexed_and_oracle_agree()
    {
        var seeds = Gen.Choose(0, int.MaxValue - 1).ToArbitrary();
        Prop.ForAll(seeds, seed => AgreeAsync(seed).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(30));
    }

    private static async Task AgreeAsync(int seed)
    {
        var random = new RandomPayloads(seed);
        var settings = TestShard.SettingsOf(2, DistanceMetric.Euclidean);
        await using var plain = await TestShard.OpenAsync(settings);
        await using var indexed = await TestShard.OpenAsync(
            TestShard.QuantizedSettingsOf(2, DistanceMetric.Euclidean) with { PayloadIndexes = AllIndexes });
        var payloads = new Payload[PointCount];
        for (var i = 0; i < PointCount; i++) payloads[i] = random.NextPayload();
        await WriteAsync([.. payloads.Select((payload, i) => new Point((ulong)i, new float[] { i, 0 }, payload))]);

        // Replace some points as a whole and the payloads of others: what the index knew of them must go.
        for (var i = 0; i < PointCount; i += 3) payloads[i] = random.NextPayload();
        await WriteAsync([.. Every(6, 0).Select(i => new Point((ulong)i, new float[] { i, 0 }, payloads[i]))]);
        foreach (var i in Every(6, 3))
            foreach (var shard in new[] { plain, indexed })
                await shard.Shard.WriteAsync(
                    new ChangePayload(PointSelector.ByIds((ulong)i), new OverwritePayload(payloads[i])));

        var documents = payloads.Select(payload => JsonDocument.Parse(payload.Utf8).RootElement).ToList();
        for (var round = 0; round < 40; round++)
        {
            var filter = random.NextFilter();
            var expected = Enumerable.Range(0, PointCount).Where(i => FilterOracle.Passes(filter, documents[i]))
                .Select(i => (PointId)(ulong)i).ToList();
            foreach (var shard in new[] { plain, indexed })
            {
                foreach (var plan in Enum.GetValues<SearchPlan>())
                {
                    var hits = await shard.SearchAsync(ShardsSearch(filter) with { Plan = plan });
                    var found = hits.Select(hit => hit.Id).ToList();
                    if (!expected.SequenceEqual(found))
                        Assert.Fail($"{plan}, {Explain(shard == indexed, filter, expected, found, payloads)}");
                }

                Assert.Equal(expected.Count, await shard.Shard.CountAsync(filter));
                var page =
                    await shard.Shard.ScrollAsync(null, PointCount, filter, PayloadSelector.None, VectorSelector.None);
                Assert.Equal(expected, page.Points.Select(point => point.Id));
            }
        }

        async Task WriteAsync(List<Point> points)
        {
            await plain.UpsertAsync(points);
            await indexed.UpsertAsync(points);
        }
    }

    private static string Explain(
        bool isIndexed, Filter filter, List<PointId> expected, List<PointId> found, Payload[] payloads)
    {
        var wrong = expected.Except(found).Concat(found.Except(expected)).First();
        var lists = string.Join("; ", filter.Must.Concat(filter.Should).Concat(filter.MustNot).Select(Describe));
        var payload = payloads[(int)(ulong)wrong.Bits];
        return $"indexed: {isIndexed}, point {wrong}: {payload}\nfilter: {lists} {filter.MinShould}";
    }

    private static string Describe(Condition condition) => condition switch
    {
        MatchCondition match => $"{match} of {string.Join(", ", match.Values)}",
        MatchExceptCondition except => $"{except} of {string.Join(", ", except.Values)}",
        _ => condition.ToString(),
    };

    private static IEnumerable<int> Every(int step, int first)
    {
        for (var i = first; i < PointCount; i += step) yield return i;
    }

    private static ShardSearch ShardsSearch(Filter filter) =>
        new() { VectorName = "", Query = new float[] { 0, 0 }, Count = PointCount, Filter = filter };
}
