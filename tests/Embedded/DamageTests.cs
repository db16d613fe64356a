namespace VectorCluster.Embedded.Tests;

/// <summary>One bad shard stays one bad shard.</summary>
public sealed class DamageTests
{
    private const int PointCount = 400;

    private static SearchRequest Search(string collection, bool allowPartial = false) => new()
    {
        Collection = collection,
        Query = new NearestQuery(new float[] { 1, 1 }),
        Limit = PointCount,
        AllowPartial = allowPartial,
    };

    /// <summary>Two collections of four shards; afterwards a bit of one shard's log is flipped.</summary>
    private static async Task MakeDamagedAsync(string directory)
    {
        var options = new VectorDatabaseOptions { Shards = new() { SmallLogBytes = 0 } };
        await using (var database = await VectorDatabase.OpenAsync(directory, options))
        {
            foreach (var name in new[] { "bad", "good" })
            {
                await database.CreateCollectionAsync(
                    name, CollectionSettings.ForVector(2, DistanceMetric.Euclidean, 4));
                await database.UpsertAsync(new()
                {
                    Collection = name,
                    Points = [.. Enumerable.Range(0, PointCount)
                        .Select(i => new Point((ulong)i, new float[] { i, 1 }))],
                });
            }
        }

        var pages =
            Directory.EnumerateFiles(Path.Combine(directory, "shards", "bad"), "*.vcpages", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).First();
        var bytes = await File.ReadAllBytesAsync(pages);
        bytes[bytes.Length / 3] ^= 0x10;
        await File.WriteAllBytesAsync(pages, bytes);
    }

    [Fact]
    public async Task Damaged_shard_is_named_and_everything_else_serves()
    {
        using var directory = new TemporaryDirectory();
        await MakeDamagedAsync(directory.Path);
        await using var database = await VectorDatabase.OpenAsync(directory.Path);

        var failure = await Assert.ThrowsAsync<ShardUnavailableException>(() => database.SearchAsync(Search("bad")));
        var partial = await database.SearchAsync(Search("bad", allowPartial: true));
        var good = await database.SearchAsync(Search("good"));

        Assert.Equal(ErrorCodes.ShardCorrupted, failure.Code);
        Assert.False(failure.IsRetrySafe);
        var missing = Assert.Single(partial.MissingShards);
        Assert.Equal(missing.Shard, Assert.Single(failure.Failures).Shard);
        Assert.InRange(partial.Hits.Count, PointCount / 2, PointCount - 1);
        Assert.Equal(PointCount, good.Hits.Count);
        Assert.Equal(CollectionStatus.Red, (await database.GetCollectionAsync("bad")).Status);
        Assert.Single((await database.GetStatusAsync()).Failures);
    }

    [Fact]
    public async Task Write_to_a_damaged_shard_tells_each_shards_outcome()
    {
        using var directory = new TemporaryDirectory();
        await MakeDamagedAsync(directory.Path);
        await using var database = await VectorDatabase.OpenAsync(directory.Path);

        var incomplete = await Assert.ThrowsAsync<WriteIncompleteException>(() => database.UpsertAsync(new()
        {
            Collection = "bad",
            Points = [.. Enumerable.Range(0, PointCount).Select(i => new Point((ulong)i, new float[] { 0, 0 }))],
        }));

        Assert.Equal(ErrorCodes.ShardCorrupted, incomplete.Code);
        Assert.Equal(
            3, incomplete.Outcomes.Count(outcome => outcome is { Status: WriteStatus.Applied, Lsn: not null }));
        Assert.Single(incomplete.Outcomes, outcome => outcome.Status == WriteStatus.Rejected);
    }

    [Fact]
    public async Task Damaged_collection_can_be_deleted_and_made_anew()
    {
        using var directory = new TemporaryDirectory();
        await MakeDamagedAsync(directory.Path);
        await using var database = await VectorDatabase.OpenAsync(directory.Path);
        await Assert.ThrowsAsync<ShardUnavailableException>(() => database.SearchAsync(Search("bad")));

        Assert.True(await database.DeleteCollectionAsync("bad"));
        await database.CreateCollectionAsync("bad", CollectionSettings.ForVector(2, DistanceMetric.Euclidean, 4));

        Assert.Empty((await database.SearchAsync(Search("bad"))).Hits);
        Assert.Empty((await database.GetStatusAsync()).Failures);
    }
}
