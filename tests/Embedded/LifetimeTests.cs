using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Tests;
using VectorCluster.Storage;
using VectorCluster.Storage.Files;

namespace VectorCluster.Embedded.Tests;

/// <summary>Shards come into memory at their first use and leave it when nobody needs them; calls have
/// deadlines.</summary>
public sealed class LifetimeTests
{
    private static readonly CollectionSettings Settings = CollectionSettings.ForVector(2, DistanceMetric.Euclidean);

    [Fact]
    public async Task Idle_shard_leaves_memory_and_comes_back_when_used()
    {
        using var directory = new TemporaryDirectory();
        using var data = DataDirectory.Open(directory.Path);
        await using var store = new FileShardStore(data);
        using var threads = new EngineThreads(1, 1);
        var time = new ManualTime();
        var options = new VectorDatabaseOptions { IdleAfter = TimeSpan.FromMinutes(10) };
        await using var shards = new LocalShards(store, threads, options, time);
        var id = new ShardId("c", "", 0);
        var shard = (Shard)await shards.ResolveAsync(id, Settings, default);
        await shard.WriteAsync(new UpsertPoints([new(1, new float[] { 1, 2 })]));

        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Single(shards.Loaded("c"));
        time.Advance(TimeSpan.FromMinutes(9));
        await shard.Ended;
        var again = await shards.ResolveAsync(id, Settings, default);

        Assert.NotSame(shard, again);
        Assert.Equal(1, await again.CountAsync(null));
    }

    // Goal: a write that is overtaken by the deletion of its namespace does not come back with the next namespace of
    // that name. Method: the namespace is deleted while the write's shard is being taken.
    [Fact]
    public async Task Write_that_a_deletion_of_its_namespace_overtakes_leaves_nothing()
    {
        using var directory = new TemporaryDirectory();
        var files = DatabaseStores.OpenFiles(directory.Path);
        var store = new FailingStore { Store = files.Shards };
        await using var database = await VectorDatabase.OpenAsync(files with { Shards = store });
        await database.CreateCollectionAsync("c", Settings);
        var isFirst = true;
        store.Before = async (call, _, _) =>
        {
            if (!isFirst || call != "Acquire") return;
            isFirst = false;
            await database.DeleteNamespaceAsync("c", "tenant");
        };

        await Record.ExceptionAsync(() => WriteAsync(1)); // refused, or made in a namespace that came into being anew
        await database.DeleteNamespaceAsync("c", "tenant");
        await foreach (var shard in files.Shards.ListAsync("c")) Assert.Fail($"{shard} is left");
        await WriteAsync(2);

        Assert.Equal(1, await database.CountAsync(new() { Collection = "c", Namespace = "tenant" }));

        Task<WriteResult> WriteAsync(int id) => database.UpsertAsync(new()
        {
            Collection = "c",
            Namespace = "tenant",
            Points = [new((PointId)(ulong)id, new float[] { 1, 2 })],
        });
    }

    // Goal: nobody serves what was deleted. Method: look for the shard while its deletion is under way, when it is
    // closed already and still stands in the store.
    [Fact]
    public async Task Shard_that_is_looked_for_while_it_is_deleted_is_found_empty()
    {
        using var directory = new TemporaryDirectory();
        using var data = DataDirectory.Open(directory.Path);
        await using var files = new FileShardStore(data);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var store = new FailingStore
        {
            Store = files,
            Before = (call, _, _) =>
            {
                if (call != "Delete") return Task.CompletedTask;
                begun.TrySetResult();
                return go.Task;
            },
        };
        using var threads = new EngineThreads(1, 1);
        await using var shards = new LocalShards(store, threads, new(), TimeProvider.System);
        var id = new ShardId("c", "", 0);
        var shard = await shards.ResolveAsync(id, Settings, default);
        await shard.WriteAsync(new UpsertPoints([new(1, new float[] { 1, 2 })]));

        var deleting = shards.DeleteAsync(id, default);
        await begun.Task;
        var late = shards.ResolveAsync(id, Settings, default).AsTask();
        await Task.WhenAny(late, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System)); // time to go wrong
        go.SetResult();
        await deleting;

        Assert.Equal(0, await (await late).CountAsync(null));
    }

    // Goal: a shard that does not answer in time is named, and a later call finds it. Method: the first search has to
    // open the shard, which the store keeps waiting while the clock is moved past every deadline.
    [Fact]
    public async Task Shard_that_is_too_late_is_named()
    {
        using var directory = new TemporaryDirectory();
        await using (var made = await VectorDatabase.OpenAsync(directory.Path))
        {
            await made.CreateCollectionAsync("c", Settings);
            await made.UpsertAsync(new() { Collection = "c", Points = [new(1, new float[] { 1, 2 })] });
        }

        var time = new ManualTime();
        var options = new VectorDatabaseOptions { IdleAfter = TimeSpan.FromDays(100_000) };
        var files = DatabaseStores.OpenFiles(directory.Path);
        var answers = new TaskCompletionSource();
        var slow = new FailingStore { Store = files.Shards, Before = (_, _, _) => answers.Task };
        await using var database = await VectorDatabase.OpenAsync(files with { Shards = slow }, options, time);
        var request = new SearchRequest { Collection = "c", Query = new NearestQuery(new float[] { 1, 2 }) };
        var search = database.SearchAsync(request);
        while (!search.IsCompleted) time.Advance(TimeSpan.FromMinutes(1));

        var late = await Assert.ThrowsAsync<ShardUnavailableException>(() => search);
        answers.SetResult();

        Assert.Equal((ErrorCodes.DeadlineExceeded, true), (late.Code, late.IsRetrySafe));
        Assert.Equal(new ShardId("c", "", 0), Assert.Single(late.Failures).Shard);
        Assert.Single((await database.SearchAsync(request)).Hits);
    }

    [Fact]
    public async Task Directory_belongs_to_one_process_at_a_time()
    {
        using var directory = new TemporaryDirectory();
        await using var database = await VectorDatabase.OpenAsync(directory.Path);
        await Assert.ThrowsAsync<DataDirectoryException>(() => VectorDatabase.OpenAsync(directory.Path));
    }

    // Goal: a deletion that a crash interrupted is finished. Method: leave the mark and a shard behind, as the crash
    // would.
    [Fact]
    public async Task Interrupted_deletion_is_finished_at_the_next_start()
    {
        using var directory = new TemporaryDirectory();
        await using (var database = await VectorDatabase.OpenAsync(directory.Path))
        {
            await database.CreateCollectionAsync("c", Settings);
            await database.UpsertAsync(new() { Collection = "c", Points = [new(1, new float[] { 1, 2 })] });
        }

        using (var data = DataDirectory.Open(directory.Path))
        {
            using var catalogue = new FileCatalogueStore(data);
            var row = (await catalogue.ReadCollectionAsync("c"))!;
            var marked = System.Text.Encoding.UTF8.GetString(row.Value.Span)
                .Replace("\"is_deleting\":false", "\"is_deleting\":true", StringComparison.Ordinal);
            Assert.True(
                await catalogue.TryWriteCollectionAsync("c", row.Version, System.Text.Encoding.UTF8.GetBytes(marked)));
        }

        await using var reopened = await VectorDatabase.OpenAsync(directory.Path);
        Assert.False(await reopened.CollectionExistsAsync("c"));
        await reopened.CreateCollectionAsync("c", Settings);
        Assert.Equal(0, await reopened.CountAsync(new() { Collection = "c" }));
    }
}
