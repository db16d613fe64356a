namespace VectorCluster.Suites;

/// <summary>Searches: order, distances, options, and comparison with a scan in the simplest code.</summary>
public abstract class SearchContract : VectorDatabaseContract
{
    private const int Seed = 20_240_607;
    private const int Dimension = 16;
    private const int PointCount = 600;

    public static TheoryData<DistanceMetric> Metrics =>
        [DistanceMetric.Cosine, DistanceMetric.Dot, DistanceMetric.Euclidean, DistanceMetric.Manhattan];

    // Goal: right order and right distances. Method: the same search by a scan in double precision.
    [Theory]
    [MemberData(nameof(Metrics))]
    public async Task An_exact_search_agrees_with_a_scan(DistanceMetric metric)
    {
        var (name, vectors) = await CreateRandomAsync(metric);
        var random = new Random(Seed + 1);
        for (var i = 0; i < 20; i++)
        {
            var query = Vector(random);

            var result = await SearchAsync(name, query, limit: 10, exact: true);

            Assert.Equal(metric, result.Metric);
            AssertNearest(metric, vectors, query, result.Hits, count: 10);
        }
    }

    [Theory]
    [MemberData(nameof(Metrics))]
    public async Task An_approximate_search_finds_nearly_all_of_the_nearest(DistanceMetric metric)
    {
        var (name, vectors) = await CreateRandomAsync(metric);
        var random = new Random(Seed + 2);
        var found = 0;
        for (var i = 0; i < 20; i++)
        {
            var query = Vector(random);
            var result = await SearchAsync(name, query, limit: 10, exact: false);
            var nearest = Enumerable.Range(0, PointCount)
                .OrderBy(id => Distance(metric, query, vectors[id])).Take(10)
                .Select(id => (PointId)(ulong)id).ToHashSet();
            Assert.Equal(10, result.Hits.Count);
            found += result.Hits.Count(hit => nearest.Contains(hit.Id));
        }

        Assert.True(found >= 190, $"Found {found} of 200 nearest points; seed {Seed}.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(300)]
    public async Task A_filtered_search_is_never_short(int matching)
    {
        var (name, vectors) = await CreateRandomAsync(DistanceMetric.Euclidean);
        var query = Vector(new Random(Seed + 3));

        var result = await Database.SearchAsync(new()
        {
            Collection = name,
            Query = new NearestQuery(query),
            Limit = 10,
            Filter = Filter.All(new RangeCondition("n") { Lt = matching }),
        });

        AssertNearest(DistanceMetric.Euclidean, vectors[..matching], query, result.Hits, Math.Min(10, matching));
    }

    [Fact]
    public async Task Equal_distances_come_in_the_order_of_ids()
    {
        var name = await CreateAsync();
        await UpsertAsync(name, [.. Enumerable.Range(0, 20).Select(i => At((ulong)(19 - i), 1, 1))]);

        var result = await SearchAsync(name, [0, 0], limit: 5);

        Assert.Equal(Numbers(0, 1, 2, 3, 4), result.Hits.Select(hit => hit.Id));
    }

    [Fact]
    public async Task Offset_leaves_the_nearest_out()
    {
        var name = await CreateLineAsync();

        var result = await Database.SearchAsync(new()
        {
            Collection = name,
            Query = new NearestQuery(new float[] { 0, 0 }),
            Offset = 4,
            Limit = 3,
        });

        Assert.Equal(Numbers(4, 5, 6), result.Hits.Select(hit => hit.Id));
    }

    [Fact]
    public async Task A_largest_distance_is_part_of_the_answer_and_more_is_not()
    {
        var name = await CreateLineAsync();

        var result = await Database.SearchAsync(new()
        {
            Collection = name,
            Query = new NearestQuery(new float[] { 0, 0 }),
            MaxDistance = 3,
        });

        Assert.Equal([0f, 1f, 2f, 3f], result.Hits.Select(hit => hit.Distance));
    }

    [Fact]
    public async Task Hits_carry_what_was_asked_for()
    {
        var name = await CreateLineAsync();

        var bare = (await SearchAsync(name, [0, 0], limit: 1)).Hits[0];
        Assert.Null(bare.Payload);
        Assert.Null(bare.Vectors);
        Assert.Equal((await FindAsync(name, 0))!.Version, bare.Version);

        var full = (await Database.SearchAsync(new()
        {
            Collection = name,
            Query = new NearestQuery(new float[] { 7, 0 }),
            Limit = 1,
            WithPayload = PayloadSelector.All,
            WithVectors = VectorSelector.All,
        })).Hits[0];
        Assert.Equal("""{"n":7}""", full.Payload!.ToString());
        Assert.True(full.Vectors!.TryGet(VectorSet.DefaultName, out var vector));
        Assert.Equal([7f, 0f], vector.ToArray());
    }

    [Fact]
    public async Task A_stored_point_as_query_is_no_hit_itself()
    {
        var name = await CreateLineAsync();

        var result = await Database.SearchAsync(new()
        {
            Collection = name,
            Query = new NearestQuery(QueryVector.OfPoint(0)),
            Limit = 3,
        });

        Assert.Equal(Numbers(1, 2, 3), result.Hits.Select(hit => hit.Id));
    }

    [Fact]
    public async Task A_recommendation_searches_near_the_positive_and_away_from_the_negative_examples()
    {
        var name = await CreateLineAsync();

        // avg(4, 6) + (avg(4, 6) − 2) = 8 on the line; the examples are no hits.
        var result = await Database.SearchAsync(new()
        {
            Collection = name,
            Query = new RecommendQuery([QueryVector.OfPoint(4), new float[] { 6, 0 }], [QueryVector.OfPoint(2)]),
            Limit = 3,
        });

        Assert.Equal(Numbers(8, 7, 9), result.Hits.Select(hit => hit.Id));
    }

    [Fact]
    public async Task An_example_that_does_not_exist_is_an_error()
    {
        var name = await CreateLineAsync();

        var error = await Assert.ThrowsAsync<NotFoundException>(() => Database.SearchAsync(new()
        {
            Collection = name,
            Query = new NearestQuery(QueryVector.OfPoint(999)),
        }));

        Assert.Equal(ErrorCodes.PointNotFound, error.Code);
    }

    // Goal: who asks is told how shards searched, alone and in a batch, and who does not ask is told nothing.
    [Fact]
    public async Task A_search_tells_its_plan_on_request()
    {
        var name = await CreateLineAsync();
        var search = new SearchRequest { Collection = name, Query = new NearestQuery(new float[] { 3, 0 }), Limit = 2 };
        var explained = search with { Explain = true, Exact = true };

        var alone = await Database.SearchAsync(explained);
        var batch = await Database.SearchBatchAsync([explained, search, explained with { Limit = 1 }]);

        Assert.All(alone.Plans, plan => Assert.Equal((name, "", "scan"), (
            plan.Shard.Collection, plan.Shard.Namespace, plan.Plan)));
        Assert.Equal(Enumerable.Range(0, alone.Plans.Count), alone.Plans.Select(plan => plan.Shard.Index));
        Assert.Equal(20, alone.Plans.Sum(plan => plan.Visited)); // every point of the line
        Assert.Equal(alone.Plans, batch[0].Plans);
        Assert.Empty(batch[1].Plans);
        Assert.Equal(alone.Plans, batch[2].Plans);
        Assert.Empty((await Database.SearchAsync(search)).Plans);
    }

    [Fact]
    public async Task A_batch_answers_every_search_in_order()
    {
        var name = await CreateLineAsync();
        var searches = Enumerable.Range(0, 10).Select(i => new SearchRequest
        {
            Collection = name,
            Query = new NearestQuery(new float[] { i, 0 }),
            Limit = i % 3 + 1,
            AllowPartial = i % 2 == 0,
        }).ToArray();

        var results = await Database.SearchBatchAsync(searches);

        Assert.Equal(10, results.Count);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal((PointId)(ulong)i, results[i].Hits[0].Id);
            Assert.Equal(i % 3 + 1, results[i].Hits.Count);
            Assert.Empty(results[i].MissingShards);
        }

        Assert.Empty(await Database.SearchBatchAsync([]));
    }

    [Fact]
    public async Task Each_named_vector_is_searched_by_itself_and_points_without_it_are_no_hits()
    {
        var name = NewName();
        await Database.CreateCollectionAsync(name, new()
        {
            Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
            {
                ["a"] = new(1, DistanceMetric.Euclidean),
                ["b"] = new(1, DistanceMetric.Dot),
            },
        });
        await UpsertAsync(
            name,
            new Point(1, new VectorSet(new("a", new float[] { 1 }), new("b", new float[] { 1 }))),
            new Point(2, new VectorSet(new("a", new float[] { 2 }), new("b", new float[] { 2 }))),
            new Point(3, new VectorSet(new KeyValuePair<string, ReadOnlyMemory<float>>("a", new float[] { 3 }))));

        Assert.Equal(Numbers(1, 2, 3), await NearestAsync("a"));
        Assert.Equal(Numbers(2, 1), await NearestAsync("b"));

        async Task<PointId[]> NearestAsync(string vector)
        {
            var result = await Database.SearchAsync(new()
            {
                Collection = name,
                VectorName = vector,
                Query = new NearestQuery(new float[] { 1 }),
            });
            return [.. result.Hits.Select(hit => hit.Id)];
        }
    }

    private Task<SearchResult> SearchAsync(string name, float[] query, int limit, bool exact = false) =>
        Database.SearchAsync(
            new() { Collection = name, Query = new NearestQuery(query), Limit = limit, Exact = exact });

    /// <summary>Points 0 to 19 at (0, 0), (1, 0), … (19, 0), each with its number as <c>n</c>.</summary>
    private async Task<string> CreateLineAsync()
    {
        var name = await CreateAsync();
        await UpsertAsync(name, [.. Enumerable.Range(0, 20).Select(i => At((ulong)i, i, 0, $$"""{"n":{{i}}}"""))]);
        return name;
    }

    private async Task<(string Name, float[][] Vectors)> CreateRandomAsync(DistanceMetric metric)
    {
        var random = new Random(Seed);
        var vectors = Enumerable.Range(0, PointCount).Select(_ => Vector(random)).ToArray();
        var name = await CreateAsync(Dimension, metric);
        await UpsertAsync(
            name,
            [.. vectors.Select((vector, i) => new Point((ulong)i, vector, Payload.Parse($$"""{"n":{{i}}}""")))]);
        return (name, vectors);
    }

    private static float[] Vector(Random random) =>
        [.. Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() * 2 - 1)];

    private static void AssertNearest(
        DistanceMetric metric, float[][] vectors, float[] query, IReadOnlyList<Hit> hits, int count)
    {
        const double Tolerance = 1e-4;
        var expected = vectors.Select(vector => Distance(metric, query, vector)).Order().Take(count).ToArray();
        Assert.Equal(count, hits.Count);
        Assert.Equal(count, hits.Select(hit => hit.Id).Distinct().Count());
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(expected[i], hits[i].Distance, Tolerance);
            Assert.Equal(Distance(metric, query, vectors[(int)hits[i].Id.Bits]), hits[i].Distance, Tolerance);
            if (i > 0) Assert.True(hits[i - 1].Distance <= hits[i].Distance);
        }
    }

    private static double Distance(DistanceMetric metric, float[] a, float[] b)
    {
        double dot = 0, squares = 0, absolute = 0, lengthA = 0, lengthB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            double difference = (double)a[i] - b[i];
            dot += (double)a[i] * b[i];
            squares += difference * difference;
            absolute += Math.Abs(difference);
            lengthA += (double)a[i] * a[i];
            lengthB += (double)b[i] * b[i];
        }

        return metric switch
        {
            DistanceMetric.Cosine => 1 - dot / Math.Sqrt(lengthA * lengthB),
            DistanceMetric.Dot => -dot,
            DistanceMetric.Euclidean => Math.Sqrt(squares),
            _ => absolute,
        };
    }
}
