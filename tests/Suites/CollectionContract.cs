namespace VectorCluster.Suites;

/// <summary>Collections and payload indexes: made, described, listed, deleted.</summary>
public abstract class CollectionContract : VectorDatabaseContract
{
    [Fact]
    public async Task A_new_collection_is_listed_exists_and_is_empty()
    {
        var name = await CreateAsync();

        Assert.True(await Database.CollectionExistsAsync(name));
        Assert.Contains(name, await Database.ListCollectionsAsync());
        var info = await Database.GetCollectionAsync(name);
        Assert.Equal(name, info.Name);
        Assert.Equal(0, info.PointCount);
        Assert.Equal(CollectionStatus.Green, info.Status);
        Assert.Empty(info.Failures);
    }

    [Fact]
    public async Task Collections_are_listed_in_ordinal_order()
    {
        await CreateAsync();
        await CreateAsync();

        var names = await Database.ListCollectionsAsync();

        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task A_collection_comes_back_with_the_settings_it_was_made_with()
    {
        var settings = new CollectionSettings
        {
            Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
            {
                ["title"] = new(3, DistanceMetric.Dot)
                {
                    Hnsw = new() { M = 24, EfConstruction = 200, EfSearch = 77, ExactScanThreshold = 1_234 },
                    OnDisk = true,
                    Quantization = VectorQuantization.Bits2,
                    Rescore = false,
                    Oversampling = 2.5,
                },
                ["body text"] = new(5, DistanceMetric.Manhattan) { Quantization = VectorQuantization.None },
                ["picture"] = new(512, DistanceMetric.Cosine),
            },
            ShardCount = 5,
            PayloadIndexes = new Dictionary<string, PayloadIndexKind>(StringComparer.Ordinal)
            {
                ["country.name"] = PayloadIndexKind.Keyword,
                ["at"] = PayloadIndexKind.Datetime,
            },
        };
        var name = NewName();
        await Database.CreateCollectionAsync(name, settings);

        var found = (await Database.GetCollectionAsync(name)).Settings;

        Assert.Equal(5, found.ShardCount);
        Assert.Equal(settings.Vectors["title"], found.Vectors["title"]);
        Assert.Equal(settings.Vectors["body text"], found.Vectors["body text"]);
        Assert.Equal(
            settings.Vectors["picture"] with { Quantization = VectorQuantization.Bits4 }, found.Vectors["picture"]);
        Assert.Equal(3, found.Vectors.Count);
        Assert.Equal(
            settings.PayloadIndexes.OrderBy(index => index.Key, StringComparer.Ordinal),
            found.PayloadIndexes.OrderBy(index => index.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_name_can_be_taken_only_once()
    {
        var name = await CreateAsync(dimension: 2);
        await UpsertAsync(name, At(1, 0, 0));

        var error = await Assert.ThrowsAsync<AlreadyExistsException>(
            () => Database.CreateCollectionAsync(name, CollectionSettings.ForVector(3, DistanceMetric.Dot)));

        Assert.Equal(ErrorCodes.CollectionExists, error.Code);
        Assert.Equal(1, await CountAsync(name));
    }

    [Fact]
    public async Task A_deleted_collection_is_gone_and_its_name_free_for_another_one()
    {
        var name = await CreateAsync(dimension: 2);
        await UpsertAsync(name, At(1, 0, 0), At(2, 1, 1));

        Assert.True(await Database.DeleteCollectionAsync(name));

        Assert.False(await Database.CollectionExistsAsync(name));
        Assert.DoesNotContain(name, await Database.ListCollectionsAsync());
        await Database.CreateCollectionAsync(name, CollectionSettings.ForVector(3, DistanceMetric.Dot));
        Assert.Equal(0, await CountAsync(name));
        await UpsertAsync(name, new Point(7, new float[] { 1, 2, 3 }));
        Assert.Equal(Numbers(7), await IdsAsync(name));
    }

    [Fact]
    public async Task Deleting_a_collection_that_is_not_there_returns_false()
    {
        Assert.False(await Database.DeleteCollectionAsync(NewName()));
        Assert.False(await Database.CollectionExistsAsync(NewName()));
    }

    [Fact]
    public async Task The_description_counts_points_and_vectors()
    {
        var name = await CreateAsync();
        await UpsertAsync(name, [.. Enumerable.Range(0, 30).Select(i => At((ulong)i, i, 0))]);
        await Database.DeleteAsync(new() { Collection = name, Selector = PointSelector.ByIds(1, 2) });

        var info = await Database.GetCollectionAsync(name);

        Assert.Equal(28, info.PointCount);
        Assert.Equal(28, info.VectorCount);
        Assert.True(info.IndexedVectorCount <= info.VectorCount);
        Assert.True(info.NamespaceCount >= 1);
        Assert.True(info.ShardCount >= 3);
    }

    [Fact]
    public async Task A_payload_index_appears_in_the_settings_and_can_be_replaced_and_deleted()
    {
        var name = await CreateAsync();
        await UpsertAsync(name, At(1, 0, 0, """{"n":1}"""), At(2, 0, 0, """{"n":2}"""), At(3, 0, 0));

        await Database.CreatePayloadIndexAsync(name, "n", PayloadIndexKind.Integer);
        var info = await Database.GetCollectionAsync(name);
        Assert.Equal(PayloadIndexKind.Integer, info.Settings.PayloadIndexes["n"]);
        Assert.Equal(2, info.PayloadIndexPoints["n"]);

        await Database.CreatePayloadIndexAsync(name, "n", PayloadIndexKind.Float);
        Assert.Equal(PayloadIndexKind.Float, (await Database.GetCollectionAsync(name)).Settings.PayloadIndexes["n"]);

        Assert.True(await Database.DeletePayloadIndexAsync(name, "n"));
        Assert.False(await Database.DeletePayloadIndexAsync(name, "n"));
        Assert.Empty((await Database.GetCollectionAsync(name)).Settings.PayloadIndexes);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("country.name")]
    [InlineData("tags[]")]
    [InlineData("\"a/b %2F\".c")]
    public async Task A_payload_index_takes_any_path(string path)
    {
        var name = await CreateAsync();

        await Database.CreatePayloadIndexAsync(name, path, PayloadIndexKind.Keyword);

        Assert.Contains(path, (await Database.GetCollectionAsync(name)).Settings.PayloadIndexes.Keys);
        Assert.True(await Database.DeletePayloadIndexAsync(name, path));
    }

    [Fact]
    public async Task The_database_is_ready() => Assert.True((await Database.GetStatusAsync()).IsReady);
}
