namespace VectorCluster.Suites;

/// <summary>What is refused, with which code, and that nothing was changed by it.</summary>
public abstract class ErrorContract : VectorDatabaseContract
{
    [Fact]
    public async Task Every_operation_on_a_missing_collection_says_so()
    {
        var name = NewName();
        var query = new SearchRequest { Collection = name, Query = new NearestQuery(new float[] { 1, 2 }) };
        var all = PointSelector.ByIds(1);
        Func<Task>[] operations =
        [
            () => Database.GetCollectionAsync(name),
            () => Database.CreatePayloadIndexAsync(name, "a", PayloadIndexKind.Keyword),
            () => Database.DeletePayloadIndexAsync(name, "a"),
            () => Database.ListNamespacesAsync(name),
            () => Database.DeleteNamespaceAsync(name, "a"),
            () => Database.UpsertAsync(new() { Collection = name, Points = [At(1, 1, 2)] }),
            () => Database.DeleteAsync(new() { Collection = name, Selector = all }),
            () => Database.ChangePayloadAsync(new() { Collection = name, Selector = all, Change = new ClearPayload() }),
            () => Database.GetPointsAsync(new() { Collection = name, Ids = [1] }),
            () => Database.ScrollAsync(new() { Collection = name }),
            () => Database.CountAsync(new() { Collection = name }),
            () => Database.SearchAsync(query),
            () => Database.SearchBatchAsync([query]),
        ];

        for (var i = 0; i < operations.Length; i++)
        {
            var error = await Record.ExceptionAsync(operations[i]);
            var missing = Assert.IsType<NotFoundException>(error);
            Assert.True(missing.Code == ErrorCodes.CollectionNotFound, $"Operation {i}: {missing.Code}");
            Assert.Contains(name, missing.Message, StringComparison.Ordinal);
        }
    }

    // A name too long for any store must be refused before it reaches one.
    [Fact]
    public async Task A_collection_name_that_is_too_long_is_refused_by_reads_and_writes_alike()
    {
        var name = new string('x', 2_000);
        Func<Task>[] operations =
        [
            () => CreateAsync(name),
            () => Database.GetCollectionAsync(name),
            () => Database.UpsertAsync(new() { Collection = name, Points = [At(1, 1, 2)] }),
            () => Database.DeleteAsync(new() { Collection = name, Selector = PointSelector.ByIds(1) }),
            () => Database.GetPointsAsync(new() { Collection = name, Ids = [1] }),
            () => Database.ScrollAsync(new() { Collection = name }),
            () => Database.CountAsync(new() { Collection = name }),
            () => SearchAsync(name, [1, 2]),
        ];

        foreach (var operation in operations)
            Assert.Equal(ErrorCodes.InvalidName, (await Assert.ThrowsAsync<InvalidRequestException>(operation)).Code);

        Task CreateAsync(string tooLong) =>
            Database.CreateCollectionAsync(tooLong, CollectionSettings.ForVector(2, DistanceMetric.Dot));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_vector_of_the_wrong_length_is_refused_with_all_that_came_with_it(int length)
    {
        var name = await CreateAsync(dimension: 2);

        var written = await Assert.ThrowsAsync<InvalidRequestException>(
            () => UpsertAsync(name, At(1, 0, 0), new Point(2, new float[length])));
        var sought = await Assert.ThrowsAsync<InvalidRequestException>(() => SearchAsync(name, new float[length]));

        Assert.Equal(ErrorCodes.WrongDimension, written.Code);
        Assert.Equal(ErrorCodes.WrongDimension, sought.Code);
        Assert.Equal(0, await CountAsync(name));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public async Task A_vector_with_a_value_that_is_not_finite_is_refused(float value)
    {
        var name = await CreateAsync(dimension: 2);

        var written = await Assert.ThrowsAsync<InvalidRequestException>(
            () => UpsertAsync(name, At(1, 0, 0), At(2, 0, value)));
        var sought = await Assert.ThrowsAsync<InvalidRequestException>(() => SearchAsync(name, [value, 0]));

        Assert.Equal(ErrorCodes.InvalidVector, written.Code);
        Assert.Equal(ErrorCodes.InvalidVector, sought.Code);
        Assert.Equal(0, await CountAsync(name));
    }

    [Fact]
    public async Task A_vector_name_that_the_collection_lacks_is_refused()
    {
        var name = await CreateAsync(dimension: 2);
        var named = new VectorSet(new KeyValuePair<string, ReadOnlyMemory<float>>("zzz", new float[] { 1, 2 }));

        var written = await Assert.ThrowsAsync<InvalidRequestException>(() => UpsertAsync(name, new Point(1, named)));
        var sought = await Assert.ThrowsAsync<InvalidRequestException>(() => Database.SearchAsync(new()
        {
            Collection = name,
            VectorName = "zzz",
            Query = new NearestQuery(new float[] { 1, 2 }),
        }));

        Assert.Equal(ErrorCodes.UnknownVector, written.Code);
        Assert.Equal(ErrorCodes.UnknownVector, sought.Code);
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(-1, 0, null)]
    [InlineData(SearchRequest.MaxHits + 1, 0, null)]
    [InlineData(SearchRequest.MaxHits, 1, null)]
    [InlineData(10, -1, null)]
    [InlineData(10, 0, 0)]
    [InlineData(10, 0, SearchRequest.MaxEfSearch + 1)]
    public async Task A_search_beyond_the_limits_is_refused(int limit, int offset, int? efSearch)
    {
        var name = await CreateAsync();

        await Assert.ThrowsAsync<InvalidRequestException>(() => Database.SearchAsync(new()
        {
            Collection = name,
            Query = new NearestQuery(new float[] { 1, 2 }),
            Limit = limit,
            Offset = offset,
            EfSearch = efSearch,
        }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(ScrollRequest.MaxLimit + 1)]
    public async Task A_page_beyond_the_limits_is_refused(int limit)
    {
        var name = await CreateAsync();

        await Assert.ThrowsAsync<InvalidRequestException>(
            () => Database.ScrollAsync(new() { Collection = name, Limit = limit }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\u0000b")]
    public async Task A_name_that_no_collection_may_have_is_refused(string name)
    {
        await Assert.ThrowsAsync<InvalidRequestException>(
            () => Database.CreateCollectionAsync(name, CollectionSettings.ForVector(2, DistanceMetric.Dot)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(VectorSettings.MaxDimension + 1, 1)]
    [InlineData(2, 0)]
    [InlineData(2, 257)]
    public async Task Settings_beyond_the_limits_are_refused(int dimension, int shardCount)
    {
        var name = NewName();

        await Assert.ThrowsAsync<InvalidRequestException>(() => Database.CreateCollectionAsync(
            name, CollectionSettings.ForVector(dimension, DistanceMetric.Dot, shardCount)));

        Assert.False(await Database.CollectionExistsAsync(name));
    }

    [Fact]
    public async Task A_filter_that_is_too_deep_or_too_long_is_refused()
    {
        var name = await CreateAsync();
        var deep = new Filter();
        for (var i = 0; i < Filter.MaxDepth; i++) deep = Filter.All(deep);
        var wide = Filter.Any(
            [.. Enumerable.Range(0, Filter.MaxConditions + 1).Select(i => new MatchCondition("n", i))]);

        await Assert.ThrowsAsync<InvalidRequestException>(() => CountAsync(name, deep));
        await Assert.ThrowsAsync<InvalidRequestException>(() => CountAsync(name, wide));
    }

    [Fact]
    public async Task A_cancelled_call_ends_as_cancelled()
    {
        var name = await CreateAsync();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Database.CountAsync(new() { Collection = name }, cancelled.Token));
    }

    private Task<SearchResult> SearchAsync(string name, float[] query) =>
        Database.SearchAsync(new() { Collection = name, Query = new NearestQuery(query) });
}
