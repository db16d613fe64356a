namespace VectorCluster.Suites;

/// <summary>Searches by codes: what they find has the distances of the vectors, unless they are asked not to.</summary>
public abstract class QuantizationContract : VectorDatabaseContract
{
    private const int Dimension = 16;
    private const int Count = 300;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    // Goal: how codes are used travels through every door, from the collection and from the search. Method: of codes of
    // 1 bit nearly every distance is wrong, so rescoring can be told from its absence.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hits_are_rescored_where_the_collection_or_the_search_says_so(bool rescore)
    {
        var name = await CreateQuantizedAsync(rescore);

        Assert.Equal(rescore, await HasExactDistancesAsync(name, null));
        Assert.True(await HasExactDistancesAsync(name, new() { Rescore = true, Oversampling = 3 }));
        Assert.False(await HasExactDistancesAsync(name, new() { Rescore = false }));
        Assert.True(await HasExactDistancesAsync(name, new() { Rescore = false, Ignore = true }));
    }

    private static Point PointOf(int number)
    {
        var random = new Random(number);
        return new(
            (ulong)number, Enumerable.Range(0, Dimension).Select(_ => (random.NextSingle() * 2) - 1).ToArray());
    }

    private async Task<string> CreateQuantizedAsync(bool rescore)
    {
        var name = NewName();
        await Database.CreateCollectionAsync(name, new()
        {
            Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
            {
                [VectorSet.DefaultName] = new(Dimension, DistanceMetric.Euclidean)
                {
                    Hnsw = new() { ExactScanThreshold = 0 },
                    Quantization = VectorQuantization.Bits1,
                    Rescore = rescore,
                },
            },
        });
        await UpsertAsync(name, [.. Enumerable.Range(0, Count).Select(PointOf)]);
        while ((await Database.GetCollectionAsync(name)).IndexedVectorCount < Count)
            await Task.Delay(Interval, TimeProvider.System);
        return name;
    }

    private async Task<bool> HasExactDistancesAsync(string name, QuantizationSearch? quantization)
    {
        var query = PointOf(Count);
        Assert.True(query.Vectors.TryGet(VectorSet.DefaultName, out var vector));
        var request = new SearchRequest
        {
            Collection = name,
            Query = new NearestQuery(QueryVector.Of(vector)),
            Limit = Count,
        };
        var exact = await Database.SearchAsync(request with { Exact = true });
        var distances = exact.Hits.ToDictionary(hit => hit.Id, hit => hit.Distance);
        var found = await Database.SearchAsync(request with { Limit = 5, Quantization = quantization });
        Assert.Equal(5, found.Hits.Count);
        return found.Hits.All(hit => Math.Abs(hit.Distance - distances[hit.Id]) < 1e-4f * distances[hit.Id]);
    }
}
