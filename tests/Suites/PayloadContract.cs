namespace VectorCluster.Suites;

/// <summary>Payload changes on points that exist.</summary>
public abstract class PayloadContract : VectorDatabaseContract
{
    private const string Before = """{"a":1,"b":{"c":2,"d":3}}""";

    [Fact]
    public async Task Setting_keeps_the_other_members() =>
        Assert.Equal(
            """{"a":9,"b":{"c":2,"d":3},"e":[4]}""",
            await ChangeAsync(new SetPayload(Payload.Parse("""{"a":9,"e":[4]}"""))));

    [Fact]
    public async Task Setting_replaces_a_member_whole() =>
        Assert.Equal("""{"a":1,"b":{"x":1}}""", await ChangeAsync(new SetPayload(Payload.Parse("""{"b":{"x":1}}"""))));

    [Fact]
    public async Task Setting_under_a_key_keeps_the_other_members_there() =>
        Assert.Equal(
            """{"a":1,"b":{"c":7,"d":3,"e":8}}""",
            await ChangeAsync(new SetPayload(Payload.Parse("""{"c":7,"e":8}"""), "b")));

    [Fact]
    public async Task Overwriting_replaces_everything() =>
        Assert.Equal("""{"z":0}""", await ChangeAsync(new OverwritePayload(Payload.Parse("""{"z":0}"""))));

    [Fact]
    public async Task Deleting_removes_what_the_paths_reach() =>
        Assert.Equal("""{"b":{"d":3}}""", await ChangeAsync(new DeletePayloadKeys(["a", "b.c", "zzz"])));

    [Fact]
    public async Task Clearing_removes_everything() => Assert.Equal("{}", await ChangeAsync(new ClearPayload()));

    [Fact]
    public async Task A_change_by_filter_reaches_the_points_that_pass_and_no_others()
    {
        var name = await CreateAsync();
        await UpsertAsync(name, [.. Enumerable.Range(0, 20).Select(i => At((ulong)i, 0, 0, $$"""{"n":{{i}}}"""))]);

        await Database.ChangePayloadAsync(new()
        {
            Collection = name,
            Selector = PointSelector.ByFilter(Filter.All(new RangeCondition("n") { Gte = 15 })),
            Change = new SetPayload(Payload.Parse("""{"seen":true}""")),
        });

        Assert.Equal(Numbers(15, 16, 17, 18, 19), await IdsAsync(name, Filter.All(new MatchCondition("seen", true))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Filters_and_searches_see_a_change_at_once(bool indexed)
    {
        var name = await CreateAsync();
        if (indexed) await Database.CreatePayloadIndexAsync(name, "k", PayloadIndexKind.Keyword);
        await UpsertAsync(name, At(1, 0, 0, """{"k":"old"}"""), At(2, 1, 1, """{"k":"other"}"""));

        await Database.ChangePayloadAsync(new()
        {
            Collection = name,
            Selector = PointSelector.ByIds(1),
            Change = new SetPayload(Payload.Parse("""{"k":"new"}""")),
        });

        Assert.Empty(await IdsAsync(name, Filter.All(new MatchCondition("k", "old"))));
        Assert.Equal(Numbers(1), await IdsAsync(name, Filter.All(new MatchCondition("k", "new"))));
        var result = await Database.SearchAsync(new()
        {
            Collection = name,
            Query = new NearestQuery(new float[] { 0, 0 }),
            Filter = Filter.All(new MatchCondition("k", "new")),
        });
        Assert.Equal(Numbers(1), result.Hits.Select(hit => hit.Id));
    }

    [Fact]
    public async Task A_change_of_a_missing_point_is_an_error_that_names_it()
    {
        var name = await CreateAsync();

        var error = await Assert.ThrowsAsync<NotFoundException>(() => Database.ChangePayloadAsync(new()
        {
            Collection = name,
            Selector = PointSelector.ByIds(42),
            Change = new ClearPayload(),
        }));

        Assert.Equal(ErrorCodes.PointNotFound, error.Code);
        Assert.Contains("42", error.Message, StringComparison.Ordinal);
    }

    /// <returns>The payload afterwards. Vectors stay as they were, which is checked here.</returns>
    private async Task<string> ChangeAsync(PayloadChange change)
    {
        var name = await CreateAsync();
        await UpsertAsync(name, At(1, 3, 4, Before), At(2, 5, 6, Before));

        var result = await Database.ChangePayloadAsync(new()
        {
            Collection = name,
            Selector = PointSelector.ByIds(1),
            Change = change,
        });

        Assert.Equal(1, result.PointCount);
        Assert.Equal(Before, (await FindAsync(name, 2))!.Payload!.ToString());
        var changed = await FindAsync(name, 1);
        Assert.Equal([3f, 4f], ValuesOf(changed!));
        return changed!.Payload!.ToString();
    }
}
