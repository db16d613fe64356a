namespace VectorCluster.Embedded.Tests;

/// <summary>The promises on real data: 10,000 English words, cosine.</summary>
public sealed class WordsTests
{
    private static UpsertRequest Upsert(int start, int count) => new()
    {
        Collection = "words",
        Points =
        [
            .. Enumerable.Range(start, count).Select(i => new Point(
                (ulong)i,
                Words.Vectors[i],
                Payload.From(new { word = Words.Names[i], rank = i, length = Words.Names[i].Length }))),
        ],
    };

    private static async Task<VectorDatabase> OpenWithWordsAsync(string directory, int shards)
    {
        var database = await VectorDatabase.OpenAsync(directory);
        await database.CreateCollectionAsync(
            "words", CollectionSettings.ForVector(Words.Dimension, DistanceMetric.Cosine, shards));
        for (var start = 0; start < Words.Vectors.Count; start += 1000) await database.UpsertAsync(Upsert(start, 1000));
        return database;
    }

    private static async Task WaitUntilIndexedAsync(IVectorDatabase database)
    {
        while ((await database.GetCollectionAsync("words")).Status == CollectionStatus.Yellow)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
    }

    private static SearchRequest Search(int word, bool exact) => new()
    {
        Collection = "words",
        Query = new NearestQuery(Words.Vectors[word]),
        Limit = 10,
        EfSearch = 128,
        Exact = exact,
    };

    // Goal: recall@10 of at least 0.95 at efSearch 128. Method: 500 of the words as queries, exact answers beside.
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Graph_finds_19_of_20_nearest_neighbours(int shards)
    {
        using var directory = new TemporaryDirectory();
        await using var database = await OpenWithWordsAsync(directory.Path, shards);
        await WaitUntilIndexedAsync(database);
        var info = await database.GetCollectionAsync("words");
        Assert.Equal(10_000, info.IndexedVectorCount);

        var found = 0;
        for (var word = 0; word < 10_000; word += 20)
        {
            var exact = (await database.SearchAsync(Search(word, exact: true))).Hits.Select(hit => hit.Id).ToHashSet();
            var approximate = (await database.SearchAsync(Search(word, exact: false))).Hits;
            found += approximate.Count(hit => exact.Contains(hit.Id));
        }

        Assert.True(found >= 0.95 * 5_000, $"recall@10 is {found / 5_000.0}");
    }

    [Fact]
    public async Task Reopened_database_answers_as_before_and_has_its_graph()
    {
        using var directory = new TemporaryDirectory();
        IReadOnlyList<Hit> before;
        await using (var database = await OpenWithWordsAsync(directory.Path, 2))
        {
            await WaitUntilIndexedAsync(database);
            before = (await database.SearchAsync(Search(100, exact: false))).Hits;
        }

        await using var reopened = await VectorDatabase.OpenAsync(directory.Path);
        var info = await reopened.GetCollectionAsync("words");
        var after = (await reopened.SearchAsync(Search(100, exact: false))).Hits;

        Assert.Equal(before, after);
        Assert.Equal((10_000, 10_000), (info.PointCount, info.IndexedVectorCount));
    }
}
