using VectorCluster.Coordinator.Requests;

namespace VectorCluster.Coordinator.Tests;

/// <summary>Bad requests are told what is wrong and where, before anything is sent.</summary>
public sealed class RequestCheckTests
{
    private static readonly CollectionSettings Settings = CollectionSettings.ForVector(2, DistanceMetric.Cosine);

    public static TheoryData<float[], string, string> BadVectors => new()
    {
        { [1], ErrorCodes.WrongDimension, "$.points[1].vector" },
        { [1, float.NaN], ErrorCodes.InvalidVector, "$.points[1].vector[1]" },
        { [float.PositiveInfinity, 1], ErrorCodes.InvalidVector, "$.points[1].vector[0]" },
        { [1, 2e16f], ErrorCodes.InvalidVector, "$.points[1].vector[1]" },
    };

    [Theory]
    [MemberData(nameof(BadVectors))]
    public void Bad_vector_is_refused_with_its_place(float[] vector, string code, string path)
    {
        var request = new UpsertRequest { Collection = "c", Points = [new(1, new float[] { 1, 2 }), new(2, vector)] };
        var exception = Assert.Throws<InvalidRequestException>(() => RequestCheck.Upsert(request, Settings));
        Assert.Equal((code, path), (exception.Code, exception.Path));
    }

    [Fact]
    public void Unknown_vector_name_is_refused()
    {
        var named = new VectorSet(KeyValuePair.Create("title", (ReadOnlyMemory<float>)new float[] { 1, 2 }));
        var request = new UpsertRequest { Collection = "c", Points = [new(1, named)] };
        Assert.Equal(
            ErrorCodes.UnknownVector,
            Assert.Throws<InvalidRequestException>(() => RequestCheck.Upsert(request, Settings)).Code);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10_001, 0)]
    [InlineData(10, 9_991)]
    [InlineData(10, -1)]
    public void Search_windows_are_bounded(int limit, int offset)
    {
        var request = new SearchRequest
        {
            Collection = "c",
            Query = new NearestQuery(new float[] { 1, 2 }),
            Limit = limit,
            Offset = offset,
        };
        Assert.Equal(
            ErrorCodes.OutOfRange,
            Assert.Throws<InvalidRequestException>(() => RequestCheck.Search(request, Settings)).Code);
    }

    [Theory]
    [InlineData(0.99)]
    [InlineData(100.5)]
    [InlineData(double.NaN)]
    public void Oversampling_is_bounded(double oversampling)
    {
        var request = new SearchRequest
        {
            Collection = "c",
            Query = new NearestQuery(new float[] { 1, 2 }),
            Quantization = new() { Oversampling = oversampling },
        };
        var ofSearch = Assert.Throws<InvalidRequestException>(() => RequestCheck.Search(request, Settings));
        Assert.Equal(
            (ErrorCodes.OutOfRange, "$.params.quantization.oversampling"), (ofSearch.Code, ofSearch.Path));
        var vector = new VectorSettings(2, DistanceMetric.Dot) { Oversampling = oversampling };
        var settings = Settings with { Vectors = new Dictionary<string, VectorSettings> { [""] = vector } };
        var ofCollection = Assert.Throws<InvalidRequestException>(() => Check.Settings(settings));
        Assert.Equal(
            (ErrorCodes.OutOfRange, "$.vectors.quantization_config.oversampling"),
            (ofCollection.Code, ofCollection.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("tab\there")]
    [InlineData("half \ud800")]
    public void Bad_collection_names_are_refused(string name) =>
        Assert.Equal(
            ErrorCodes.InvalidName, Assert.Throws<InvalidRequestException>(() => Check.CollectionName(name)).Code);

    [Theory]
    [InlineData("words")]
    [InlineData("Ünïcode 名前")]
    [InlineData("a.b-c_d e")]
    public void Good_collection_names_are_taken(string name) => Check.CollectionName(name);

    [Fact]
    public void Deep_and_large_filters_are_refused()
    {
        var deep = new Filter { Must = [new IsNullCondition("a")] };
        for (var depth = 0; depth < Filter.MaxDepth; depth++) deep = new() { Must = [deep] };
        Assert.Equal(
            ErrorCodes.InvalidFilter, Assert.Throws<InvalidRequestException>(() => FilterCheck.Check(deep)).Code);

        var large = Filter.All([.. Enumerable.Repeat(new IsNullCondition("a"), Filter.MaxConditions + 1)]);
        Assert.Throws<InvalidRequestException>(() => FilterCheck.Check(large));

        var misplaced = Filter.All(new NestedCondition("a", Filter.All(new HasIdCondition([1UL]))));
        Assert.Throws<InvalidRequestException>(() => FilterCheck.Check(misplaced));

        var notANumber = Filter.All(new RangeCondition("a") { Gt = double.NaN });
        Assert.Equal(
            "$.filter.must[0].range", Assert.Throws<InvalidRequestException>(() => FilterCheck.Check(notANumber)).Path);
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Refused(CollectionSettings.ForVector(0, DistanceMetric.Dot));
        Refused(CollectionSettings.ForVector(65_537, DistanceMetric.Dot));
        Refused(CollectionSettings.ForVector(4, (DistanceMetric)9));
        Refused(Settings with { ShardCount = 0 });
        Refused(Settings with { Vectors = new Dictionary<string, VectorSettings>() });
        Refused(Settings with
        {
            Vectors = new Dictionary<string, VectorSettings>
            {
                [""] = new(4, DistanceMetric.Dot) { Hnsw = new() { M = 64, EfConstruction = 16 } },
            },
        });

        static void Refused(CollectionSettings settings) =>
            Assert.Equal(
                ErrorCodes.OutOfRange, Assert.Throws<InvalidRequestException>(() => Check.Settings(settings)).Code);
    }
}
