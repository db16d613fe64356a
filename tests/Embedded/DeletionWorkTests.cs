using VectorCluster.Engine.Tests;
using VectorCluster.Storage;

namespace VectorCluster.Embedded.Tests;

/// <summary>A deletion does not save what it deletes.</summary>
public sealed class DeletionWorkTests
{
    // Method: a deletion of a point makes a checkpoint due, at closing at the latest; the clock stands still.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deleting_makes_no_checkpoint_first(bool isNamespace)
    {
        using var directory = new TemporaryDirectory();
        var stores = DatabaseStores.OpenFiles(directory.Path);
        var store = new FailingStore { Store = stores.Shards };
        await using var database = await VectorDatabase.OpenAsync(
            stores with { Shards = store }, time: new ManualTime());
        await database.CreateCollectionAsync("c", CollectionSettings.ForVector(2, DistanceMetric.Euclidean));
        await database.UpsertAsync(new() { Collection = "c", Points = [new(1UL, new float[] { 1, 0 })] });
        await database.DeleteAsync(new() { Collection = "c", Selector = PointSelector.ByIds(1UL) });

        if (isNamespace) await database.DeleteNamespaceAsync("c", "");
        else await database.DeleteCollectionAsync("c");

        Assert.Contains("Delete", store.Calls);
        Assert.DoesNotContain("WriteCheckpoint", store.Calls);
    }
}
