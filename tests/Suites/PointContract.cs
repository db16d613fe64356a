namespace VectorCluster.Suites;

/// <summary>Points: written, replaced, read, deleted, scrolled through.</summary>
public abstract class PointContract : VectorDatabaseContract
{
    [Fact]
    public async Task A_point_comes_back_as_it_was_written()
    {
        var name = await CreateAsync(dimension: 3);
        var payload = Payload.Parse(
            """{"s":"ä \u0000 😀","n":12345678901234567890,"f":1.10,"a":[1,null,{"x":[]}],"o":{"":1}}""");
        await UpsertAsync(name, new Point(1, new float[] { 0.1f, -9.9e15f, 1e-40f }, payload));

        var found = await FindAsync(name, 1);

        Assert.NotNull(found);
        Assert.Equal(new float[] { 0.1f, -9.9e15f, 1e-40f }, ValuesOf(found));
        Assert.Equal(payload, found.Payload);
        Assert.True(found.Version > Lsn.None);
    }

    [Fact]
    public async Task Numbers_UUIDs_and_strings_name_points()
    {
        var name = await CreateAsync();
        PointId[] ids =
        [
            0, ulong.MaxValue, Guid.Parse("550e8400-e29b-41d4-a716-446655440000"), "text", "1", "a/b?c=d&e#f %", "ключ",
            new string('x', PointId.MaxTextBytes),
        ];
        await UpsertAsync(name, [.. ids.Select((id, i) => At(id, i, 0))]);

        for (var i = 0; i < ids.Length; i++)
        {
            var found = await FindAsync(name, ids[i]);
            Assert.NotNull(found);
            Assert.Equal(ids[i], found.Id);
            Assert.Equal(i, ValuesOf(found)[0]);
        }

        Assert.Equal(ids.Order(), await IdsAsync(name));
    }

    [Fact]
    public async Task A_write_replaces_the_whole_point()
    {
        var name = await CreateAsync();
        await UpsertAsync(name, At(1, 1, 1, """{"a":1,"b":2}"""));
        var first = await FindAsync(name, 1);

        await UpsertAsync(name, At(1, 2, 2, """{"c":3}"""));

        var second = await FindAsync(name, 1);
        Assert.Equal(Payload.Parse("""{"c":3}"""), second!.Payload);
        Assert.Equal([2f, 2f], ValuesOf(second));
        Assert.True(second.Version > first!.Version);
        Assert.Equal(1, await CountAsync(name));
    }

    [Fact]
    public async Task Of_two_points_with_one_id_in_one_request_the_later_stays()
    {
        var name = await CreateAsync();

        await UpsertAsync(name, At(1, 1, 1), At(1, 2, 2));

        Assert.Equal(new float[] { 2f, 2f }, ValuesOf((await FindAsync(name, 1))!));
        Assert.Equal(1, await CountAsync(name));
    }

    [Fact]
    public async Task A_write_says_which_shards_it_reached_and_how_many_points_it_wrote()
    {
        var name = await CreateAsync();

        var result = await UpsertAsync(name, [.. Enumerable.Range(0, 100).Select(i => At((ulong)i, i, i))]);

        Assert.Equal(100, result.PointCount);
        Assert.Equal(3, result.Shards.Count);
        Assert.All(result.Shards, shard =>
        {
            Assert.Equal(name, shard.Key.Collection);
            Assert.True(shard.Value > Lsn.None);
        });
    }

    [Fact]
    public async Task An_empty_write_touches_nothing()
    {
        var name = await CreateAsync();

        var result = await UpsertAsync(name);

        Assert.Empty(result.Shards);
        Assert.Equal(0, result.PointCount);
    }

    [Fact]
    public async Task Points_are_read_in_the_order_asked_for_and_missing_ones_left_out()
    {
        var name = await CreateAsync();
        await UpsertAsync(name, At(1, 1, 1), At(2, 2, 2), At("three", 3, 3));

        var found = await Database.GetPointsAsync(new() { Collection = name, Ids = ["three", 99, 1, 2] });

        Assert.Equal(["three", 1, 2], found.Select(point => point.Id));
        Assert.All(found, point => Assert.Null(point.Vectors));
        Assert.All(found, point => Assert.Equal(Payload.Empty, point.Payload));
    }

    [Fact]
    public async Task Only_the_selected_parts_of_a_payload_come_back()
    {
        var name = await CreateAsync();
        await UpsertAsync(name, At(1, 0, 0, """{"a":1,"b":{"c":2,"d":3},"e":[{"f":4,"g":5}]}"""));

        Assert.Equal("""{"a":1,"b":{"c":2}}""", await PayloadAsync(PayloadSelector.Include("a", "b.c")));
        Assert.Equal("""{"b":{"d":3},"e":[{"f":4,"g":5}]}""", await PayloadAsync(PayloadSelector.Exclude("a", "b.c")));
        Assert.Equal("""{}""", await PayloadAsync(PayloadSelector.Include("zzz")));
        Assert.Null(await PayloadAsync(PayloadSelector.None));

        async Task<string?> PayloadAsync(PayloadSelector selector)
        {
            var found = await Database.GetPointsAsync(new() { Collection = name, Ids = [1], WithPayload = selector });
            return found.Single().Payload?.ToString();
        }
    }

    [Fact]
    public async Task Points_may_have_any_subset_of_the_named_vectors()
    {
        var name = NewName();
        await Database.CreateCollectionAsync(name, new()
        {
            Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
            {
                ["a"] = new(1, DistanceMetric.Dot),
                ["b"] = new(2, DistanceMetric.Dot),
            },
        });
        await UpsertAsync(
            name,
            new Point(1, new VectorSet(new("a", new float[] { 1 }), new("b", new float[] { 2, 3 }))),
            new Point(2, new VectorSet(new KeyValuePair<string, ReadOnlyMemory<float>>("b", new float[] { 4, 5 }))),
            new Point(3, VectorSet.Empty));

        Assert.Equal(2, (await FindAsync(name, 1))!.Vectors!.Count);
        Assert.Equal(new float[] { 4f, 5f }, ValuesOf((await FindAsync(name, 2))!, "b"));
        Assert.Single((await FindAsync(name, 2))!.Vectors!);
        Assert.Empty((await FindAsync(name, 3))!.Vectors!);
        var only = await Database.GetPointsAsync(new() { Collection = name, Ids = [1], WithVectors = new(["a"]) });
        Assert.Equal(["a"], only.Single().Vectors!.Select(vector => vector.Key));
    }

    [Fact]
    public async Task Deleted_points_are_gone_and_missing_ones_no_error()
    {
        var name = await CreateAsync();
        await UpsertAsync(
            name, At(1, 1, 1, """{"k":"x"}"""), At(2, 2, 2, """{"k":"y"}"""), At(3, 3, 3, """{"k":"y"}"""));

        await Database.DeleteAsync(new() { Collection = name, Selector = PointSelector.ByIds(1, 99) });
        Assert.Null(await FindAsync(name, 1));
        await Database.DeleteAsync(new()
        {
            Collection = name,
            Selector = PointSelector.ByFilter(Filter.All(new MatchCondition("k", "y"), new HasIdCondition([3]))),
        });

        Assert.Equal(Numbers(2), await IdsAsync(name));
        await UpsertAsync(name, At(1, 9, 9));
        Assert.Equal(new float[] { 9f, 9f }, ValuesOf((await FindAsync(name, 1))!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    [InlineData(51)]
    public async Task Scrolling_meets_every_point_once_in_the_order_of_ids(int pageSize)
    {
        var name = await CreateAsync();
        var ids = Enumerable.Range(0, 40).Select(i => (PointId)(ulong)(i * 7))
            .Concat(Enumerable.Range(0, 10).Select(i => (PointId)$"text-{i}")).ToArray();
        await UpsertAsync(name, [.. ids.Select(id => At(id, 0, 0))]);

        var met = new List<PointId>();
        PointId? offset = null;
        do
        {
            var page = await Database.ScrollAsync(new() { Collection = name, Limit = pageSize, Offset = offset });
            Assert.True(page.Points.Count <= pageSize);
            met.AddRange(page.Points.Select(point => point.Id));
            offset = page.NextOffset;
        }
        while (offset is not null);

        Assert.Equal(ids.Order(), met);
    }

    [Fact]
    public async Task Scrolling_with_a_filter_fills_its_pages()
    {
        var name = await CreateAsync();
        var truth = new[] { "true", "false" };
        await UpsertAsync(
            name, [.. Enumerable.Range(0, 100).Select(i => At((ulong)i, 0, 0, $$"""{"even":{{truth[i % 2]}}}"""))]);

        var page = await Database.ScrollAsync(new()
        {
            Collection = name,
            Filter = Filter.All(new MatchCondition("even", true)),
            Offset = 11,
            Limit = 3,
        });

        Assert.Equal(Numbers(12, 14, 16), page.Points.Select(point => point.Id));
        Assert.Equal((PointId)18, page.NextOffset);
    }
}
