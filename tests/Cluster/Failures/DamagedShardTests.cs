using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Tests;

namespace VectorCluster.Cluster.Tests.Failures;

/// <summary>One bad shard stays one bad shard, and callers are told what it is; a shard that was deposed
/// is opened anew.</summary>
public sealed class DamagedShardTests
{
    private const int Damaged = 1;
    private const string DamagedPage = "page 7";

    private static readonly SearchRequest Search = new()
    {
        Collection = "c",
        Query = new NearestQuery(new float[] { 0, 0 }),
        Limit = 100,
    };

    // Goal: damage is told as damage, by name, through grain, coordinator and client. Method: one of four shards can't
    // be opened on any silo.
    [Fact]
    public async Task Damage_is_told_as_damage_and_the_other_shards_serve()
    {
        await using var cluster = await RunningCluster.OverFilesAsync(
            through: store => new FailingStore { Store = store, Before = Damage });
        var database = cluster.Database;
        await database.CreateCollectionAsync("c", CollectionSettings.ForVector(2, DistanceMetric.Euclidean, 4));
        var points = Enumerable.Range(0, 40).Select(i => new Point((ulong)i, new float[] { i, 0 })).ToList();

        var write = await Assert.ThrowsAsync<WriteIncompleteException>(
            () => database.UpsertAsync(new() { Collection = "c", Points = points }));
        var search = await Assert.ThrowsAsync<ShardUnavailableException>(() => database.SearchAsync(Search));
        var partial = await database.SearchAsync(Search with { AllowPartial = true });

        Assert.Equal((ErrorCodes.ShardCorrupted, false), (write.Code, write.IsRetrySafe));
        var outcome = Assert.Single(write.Outcomes, outcome => outcome.Status != WriteStatus.Applied);
        Assert.Equal((new ShardId("c", "", Damaged), WriteStatus.Rejected), (outcome.Shard, outcome.Status));
        Assert.Equal((ErrorCodes.ShardCorrupted, false), (search.Code, search.IsRetrySafe));
        Assert.Contains(DamagedPage, search.Message, StringComparison.Ordinal);
        Assert.Equal(new ShardId("c", "", Damaged), Assert.Single(partial.MissingShards).Shard);
        Assert.NotEmpty(partial.Hits);
    }

    // Goal: an activation whose shard was taken by a newer owner goes, and callers notice nothing but a retry. Method:
    // take the epoch behind its back, then write: the first write finds out, and what it says is safe to repeat.
    [Fact]
    public async Task Deposed_activation_is_replaced()
    {
        IShardStore? shards = null;
        await using var cluster = await RunningCluster.OverPostgresAsync(silos: 2, through: store => shards = store);
        var database = cluster.Database;
        await database.CreateCollectionAsync("c", CollectionSettings.ForVector(1, DistanceMetric.Euclidean));
        await WriteAsync(database, 1);

        await shards!.AcquireAsync(new("c", "", 0));
        for (var tries = 0; ; tries++)
        {
            try
            {
                await WriteAsync(database, 2);
                break;
            }
            catch (VectorDatabaseException failure) when (failure.IsRetrySafe && tries < 10)
            {
                // Once it says that nothing was done or nobody knows, repeating an upsert is right.
            }
        }

        Assert.Equal(2, await database.CountAsync(new() { Collection = "c" }));
    }

    private static Task Damage(string call, ShardId shard, CancellationToken cancellationToken) =>
        call == "Acquire" && shard.Index == Damaged
            ? throw new StoreCorruptedException(shard, DamagedPage, "its checksum is wrong")
            : Task.CompletedTask;

    private static Task<WriteResult> WriteAsync(IVectorDatabase database, ulong id) =>
        database.UpsertAsync(new() { Collection = "c", Points = [new(id, new float[] { id })] });
}
