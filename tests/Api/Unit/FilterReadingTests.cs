
namespace VectorCluster.Api.Tests;

/// <summary>Qdrant's filter language, read; and what is refused of it, with the place.</summary>
public sealed class FilterReadingTests
{
    [Theory]
    [InlineData("""{"must":{"key":"a","match":{"value":"x"}}}""")]
    [InlineData("""{"must":[{"key":"a","match":{"value":"x"}}]}""")]
    [InlineData("""{"must":[{"key":"a","match":{"any":["x"]},"range":null,"geo_radius":null}],"should":null}""")]
    public void A_condition_stands_alone_or_in_a_list(string json)
    {
        var condition = Assert.IsType<MatchCondition>(Assert.Single(Read(json).Must));

        Assert.Equal("a", condition.Path.Text);
        Assert.Equal(["x"], condition.Values);
    }

    [Fact]
    public void Every_kind_of_condition_is_read()
    {
        var filter = Read("""
            {
              "must": [
                {"key":"a","match":{"value":5}}, {"key":"a","match":{"value":true}}, {"key":"a","match":{"any":[]}},
                {"key":"a","match":{"except":["x",1]}}, {"key":"a","match":{"text":"t"}},
                {"key":"a","range":{"gt":1.5,"lte":2}}, {"key":"a","range":{}},
                {"key":"a","range":{"gte":"2024-01-01"}}, {"key":"a","values_count":{"gte":2}},
                {"key":"a","is_empty":false}, {"key":"a","is_null":true},
                {"is_empty":{"key":"b.c"}}, {"is_null":{"key":"b[]"}}, {"has_id":[1,"x"]},
                {"nested":{"key":"n","filter":{"must":[]}}}, {"must_not":[{"has_id":[2]}]}, {}
              ],
              "min_should": {"conditions":[{"has_id":[3]}],"min_count":1}
            }
            """);

        Assert.Equal(
        [
            typeof(MatchCondition), typeof(MatchCondition), typeof(MatchCondition), typeof(MatchExceptCondition),
            typeof(MatchTextCondition), typeof(RangeCondition), typeof(RangeCondition), typeof(DatetimeRangeCondition),
            typeof(ValuesCountCondition), typeof(IsEmptyCondition), typeof(IsNullCondition), typeof(IsEmptyCondition),
            typeof(IsNullCondition), typeof(HasIdCondition), typeof(NestedCondition), typeof(Filter), typeof(Filter),
        ], filter.Must.Select(condition => condition.GetType()));
        Assert.Equal(1, filter.MinShould!.MinCount);
        Assert.Equal(new RangeCondition("a") { Gt = 1.5, Lte = 2 }, filter.Must[5]);
        Assert.False(((IsEmptyCondition)filter.Must[9]).Expected);
    }

    [Theory]
    [InlineData("""{"musst":[]}""", "$.musst", ErrorCodes.UnknownField)]
    [InlineData("""{"must":[{"key":"a","mach":{"value":1}}]}""", "$.must[0].mach", ErrorCodes.UnknownField)]
    [InlineData("""{"must":[{"key":"a","match":{"valeu":1}}]}""", "$.must[0].match.valeu", ErrorCodes.UnknownField)]
    [InlineData("""{"must":[{"key":"a","range":{"min":1}}]}""", "$.must[0].range.min", ErrorCodes.UnknownField)]
    [InlineData("""{"must":[{"key":"a"}]}""", "$.must[0]", ErrorCodes.InvalidFilter)]
    [InlineData("""{"must":[{"key":"a","range":{"gt":1},"match":{"value":1}}]}""", "$.must[0]", ErrorCodes.InvalidFilter)]
    [InlineData("""{"must":[{"key":"a","range":{"gt":1,"lt":"2024-01-01"}}]}""", "$.must[0].range.gt", ErrorCodes.WrongType)]
    [InlineData("""{"must":[{"key":"a","range":{"gt":"x"}}]}""", "$.must[0].range.gt", ErrorCodes.InvalidFilter)]
    [InlineData("""{"must":[{"key":"a","range":{"gt":1e999}}]}""", "$.must[0].range.gt", ErrorCodes.OutOfRange)]
    [InlineData("""{"must":[{"key":"a[","match":{"value":1}}]}""", "$.must[0].key", ErrorCodes.InvalidPayloadPath)]
    [InlineData("""{"must":[{"key":"a","match":{"value":1.5}}]}""", "$.must[0].match.value", ErrorCodes.WrongType)]
    [InlineData("""{"must":[{"key":"a","match":{"phrase":"x"}}]}""", "$.must[0].match.phrase", ErrorCodes.Unsupported)]
    [InlineData("""{"must":[{"key":"a","geo_radius":{"radius":1}}]}""", "$.must[0].geo_radius", ErrorCodes.Unsupported)]
    [InlineData("""{"must":[{"has_vector":"x"}]}""", "$.must[0].has_vector", ErrorCodes.Unsupported)]
    [InlineData("""{"must":[{"has_id":[-1]}]}""", "$.must[0].has_id[0]", ErrorCodes.InvalidPointId)]
    [InlineData("""{"must":[{"nested":{"key":"a","filter":{"must":[1]}}}]}""", "$.must[0].nested.filter.must[0]", ErrorCodes.WrongType)]
    [InlineData("""{"min_should":{"conditions":[],"min_count":0}}""", "$.min_should.min_count", ErrorCodes.OutOfRange)]
    [InlineData("""[]""", "$", ErrorCodes.WrongType)]
    public void A_fault_is_named(string json, string path, string code)
    {
        var error = Assert.Throws<InvalidRequestException>(() => Read(json));

        Assert.Equal(path, error.Path);
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void Depth_and_number_of_conditions_are_bounded()
    {
        var deep = "{}";
        for (var i = 0; i < Filter.MaxDepth; i++) deep = $$"""{"must":[{{deep}}]}""";
        var wide =
            $$"""{"must":[{{string.Join(',', Enumerable.Repeat("""{"has_id":[]}""", Filter.MaxConditions + 1))}}]}""";

        Assert.Equal(ErrorCodes.InvalidFilter, Assert.Throws<InvalidRequestException>(() => Read(deep)).Code);
        Assert.Equal(ErrorCodes.InvalidFilter, Assert.Throws<InvalidRequestException>(() => Read(wide)).Code);
    }

    private static Filter Read(string json) => FilterReader.Read(JsonReadingTests.Body(json));
}
