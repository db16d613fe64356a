using System.Reflection;
using Orleans;
using VectorCluster.Engine.Tests;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Cluster.Tests.Failures;

/// <summary>Deleting shards that are open.</summary>
public sealed class DeletionTests
{
    /// <summary>What PostgreSQL may take to delete one shard's pages, of which there may be millions.</summary>
    private static readonly TimeSpan StoreTime = TimeSpan.FromSeconds(600);

    // Method: a deletion of a point makes a checkpoint due, at closing at the latest.
    [Fact]
    public async Task Deleting_a_collection_makes_no_checkpoint_first()
    {
        var stores = new List<FailingStore>();
        await using var cluster = await RunningCluster.OverFilesAsync(silos: 1, through: files =>
        {
            stores.Add(new() { Store = files });
            return stores[^1];
        });
        var database = cluster.Database;
        await database.CreateCollectionAsync("c", CollectionSettings.ForVector(2, DistanceMetric.Euclidean));
        await database.UpsertAsync(new() { Collection = "c", Points = [new(1UL, new float[] { 1, 0 })] });
        await database.DeleteAsync(new() { Collection = "c", Selector = PointSelector.ByIds(1UL) });

        await database.DeleteCollectionAsync("c");

        var calls = stores.SelectMany(store => store.Calls).ToList();
        Assert.Contains("Delete", calls);
        Assert.DoesNotContain("WriteCheckpoint", calls);
    }

    [Fact]
    public void Deleting_a_shard_may_take_as_long_as_the_store_allows()
    {
        var method = typeof(IShardGrain).GetMethod(nameof(IShardGrain.DeleteAsync))!;

        Assert.True(method.GetCustomAttribute<ResponseTimeoutAttribute>()!.Timeout >= StoreTime);
    }
}
