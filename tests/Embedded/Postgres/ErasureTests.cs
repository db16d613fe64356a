namespace VectorCluster.Embedded.Tests.Postgres;

/// <summary>What was deleted stands in no table, once the database is closed: the log is trimmed and the pages are
/// written again by then.</summary>
public sealed class ErasureTests
{
    private const string Marker = "FORGET-ME";
    private const string Kept = "KEEP-ME";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_of_deleted_replaced_or_changed_points_stays_in_any_table(bool isSmall)
    {
        await using var stored = await StoredDatabase.CreateAsync();
        await using (var database = await stored.OpenAsync(smallLogBytes: isSmall ? 10_000 : 0))
        {
            await CreateAsync(database);
            await database.UpsertAsync(new()
            {
                Collection = "docs",
                Points =
                [
                    PointOf(1, Marker), PointOf(2, Marker), PointOf(3, Marker), PointOf(4, Kept),
                    PointOf($"{Marker} as an id", Marker),
                ],
            });
        }

        Assert.Equal([isSmall ? "wal" : "page"], await stored.TablesWithAsync(Marker)); // the search does find it
        await using (var database = await stored.OpenAsync())
        {
            await database.DeleteAsync(new()
            {
                Collection = "docs",
                Selector = PointSelector.ByIds([1, $"{Marker} as an id"]),
            });
            await database.UpsertAsync(new() { Collection = "docs", Points = [PointOf(2, "new")] });
            await database.ChangePayloadAsync(new()
            {
                Collection = "docs",
                Selector = PointSelector.ByIds([3]),
                Change = new OverwritePayload(Payload.From(new { text = "changed" })),
            });
        }

        Assert.Empty(await stored.TablesWithAsync(Marker));
        Assert.Equal(["page"], await stored.TablesWithAsync(Kept));
    }

    [Fact]
    public async Task Nothing_of_a_deleted_namespace_stays_in_any_table_and_its_neighbour_is_whole()
    {
        await using var stored = await StoredDatabase.CreateAsync();
        await using (var database = await stored.OpenAsync())
        {
            await CreateAsync(database);
            foreach (var name in (string[])[Marker, Kept])
                await database.UpsertAsync(new() { Collection = "docs", Namespace = name, Points = [PointOf(1, name)] });
        }

        await using (var database = await stored.OpenAsync())
        {
            await database.DeleteNamespaceAsync("docs", Marker);

            Assert.Empty(await stored.TablesWithAsync(Marker));
            Assert.Equal(1, await database.CountAsync(new() { Collection = "docs", Namespace = Kept }));
        }
    }

    // Goal: a crash, or a store that was away, between a checkpoint and the trimming of its log leaves nothing for
    // good. Method: put the log back as such a crash would leave it, then open and close without any change.
    [Fact]
    public async Task Log_that_was_not_trimmed_goes_when_the_shard_is_used_again()
    {
        await using var stored = await StoredDatabase.CreateAsync();
        await using (var database = await stored.OpenAsync())
        {
            await CreateAsync(database);
            await database.UpsertAsync(new() { Collection = "docs", Points = [PointOf(1, Marker)] });
            await stored.RunAsync("CREATE TABLE log AS SELECT * FROM vectorcluster.wal");
            await database.DeleteAsync(new() { Collection = "docs", Selector = PointSelector.ByIds([1]) });
        }

        await stored.RunAsync("INSERT INTO vectorcluster.wal SELECT * FROM log");
        Assert.Equal(["wal"], await stored.TablesWithAsync(Marker));
        await using (var database = await stored.OpenAsync())
            Assert.Equal(0, await database.CountAsync(new() { Collection = "docs" }));

        Assert.Empty(await stored.TablesWithAsync(Marker));
    }

    [Fact]
    public async Task Nothing_of_a_deleted_collection_stays_in_any_table()
    {
        await using var stored = await StoredDatabase.CreateAsync();
        await using var database = await stored.OpenAsync();
        await CreateAsync(database, Marker);
        await database.UpsertAsync(new() { Collection = Marker, Namespace = Marker, Points = [PointOf(1, Marker)] });

        await database.DeleteCollectionAsync(Marker);

        Assert.Empty(await stored.TablesWithAsync(Marker));
    }

    private static Task CreateAsync(VectorDatabase database, string name = "docs") =>
        database.CreateCollectionAsync(name, CollectionSettings.ForVector(2, DistanceMetric.Euclidean));

    private static Point PointOf(PointId id, string text) =>
        new(id, new[] { 1f, 2f }, Payload.From(new { text = $"about {text} and more" }));
}
