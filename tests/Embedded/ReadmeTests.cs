namespace VectorCluster.Embedded.Tests;

/// <summary>The C# of the README, line by line; tests/Docs compares the two.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task Sample_of_the_readme_runs()
    {
        using var temporary = new TemporaryDirectory();
        var directory = temporary.Path;

        // README
        await using var database = await VectorDatabase.OpenAsync(directory);
        await database.CreateCollectionAsync("notes", CollectionSettings.ForVector(4, DistanceMetric.Cosine, shardCount: 2));
        await database.UpsertAsync(new()
        {
            Collection = "notes",
            Points = [new(1, new[] { 0.9f, 0.1f, 0.1f, 0.2f }, Payload.From(new { title = "Tea", tags = new[] { "hot" } }))],
        });
        var query = new NearestQuery(new[] { 1f, 0f, 0f, 0f });
        var filter = Filter.All(new MatchCondition("tags", "hot"));
        var found = await database.SearchAsync(new() { Collection = "notes", Query = query, Limit = 3, Filter = filter });
        Console.WriteLine($"{found.Hits[0].Id} at distance {found.Hits[0].Distance}");

        Assert.Equal((PointId)1, Assert.Single(found.Hits).Id);
    }
}
