namespace VectorCluster.Cluster.Tests.Failures;

/// <summary>A change made through one silo counts on every other one as soon as it is done.</summary>
public sealed class ManySilosTests : IAsyncLifetime
{
    private static readonly CollectionSettings Settings =
        CollectionSettings.ForVector(2, DistanceMetric.Euclidean, shardCount: 8);

    private RunningCluster? _cluster;
    private IReadOnlyList<IVectorDatabase> _silos = [];

    public async Task InitializeAsync()
    {
        _cluster = await RunningCluster.OverFilesAsync(silos: 3);
        _silos = _cluster.OfEachSilo;
    }

    public async Task DisposeAsync() => await _cluster!.DisposeAsync();

    // Goal: no silo goes on with what its catalogue remembers. Method: every silo uses the collection, then one deletes
    // it and makes another of that name with longer vectors, and at once every silo sees just that one.
    [Fact]
    public async Task Collection_made_anew_is_the_new_one_on_every_silo()
    {
        for (var round = 0; round < 5; round++)
        {
            var changing = _silos[round % _silos.Count];
            await changing.CreateCollectionAsync("c", Settings);
            foreach (var silo in _silos) await silo.UpsertAsync(Upsert(new float[2]));

            Assert.True(await changing.DeleteCollectionAsync("c"));
            foreach (var silo in _silos) Assert.False(await silo.CollectionExistsAsync("c"));
            await changing.CreateCollectionAsync("c", CollectionSettings.ForVector(3, DistanceMetric.Dot));
            foreach (var silo in _silos)
            {
                Assert.Equal(0, await silo.CountAsync(new() { Collection = "c" }));
                await Assert.ThrowsAsync<InvalidRequestException>(() => silo.UpsertAsync(Upsert(new float[2])));
                await silo.UpsertAsync(Upsert(new float[3]));
                await silo.DeleteAsync(
                    new() { Collection = "c", Selector = PointSelector.ByFilter(new Filter()) });
            }

            Assert.True(await changing.DeleteCollectionAsync("c"));
        }
    }

    // Goal: shards that are open take up a new index wherever they are. Method: eight shards on three silos, and the
    // collection counts the points that the index has.
    [Fact]
    public async Task Payload_index_reaches_the_shards_of_every_silo()
    {
        await _silos[0].CreateCollectionAsync("indexed", Settings);
        await _silos[0].UpsertAsync(new()
        {
            Collection = "indexed",
            Points = [.. Enumerable.Range(0, 100).Select(i =>
                new Point((ulong)i, new float[] { i, 0 }, Payload.From(new { kind = "a" })))],
        });

        await _silos[1].CreatePayloadIndexAsync("indexed", "kind", PayloadIndexKind.Keyword);

        foreach (var silo in _silos)
            Assert.Equal(100, (await silo.GetCollectionAsync("indexed")).PayloadIndexPoints["kind"]);
    }

    [Fact]
    public async Task Deleted_namespace_is_gone_on_every_silo_and_can_come_back()
    {
        await _silos[0].CreateCollectionAsync("tenants", Settings);
        for (var round = 0; round < 5; round++)
        {
            foreach (var silo in _silos)
                await silo.UpsertAsync(Upsert(new float[2]) with { Collection = "tenants", Namespace = "a/b" });
            Assert.True(await _silos[round % _silos.Count].DeleteNamespaceAsync("tenants", "a/b"));
            foreach (var silo in _silos)
                Assert.Equal(0, await silo.CountAsync(new() { Collection = "tenants", Namespace = "a/b" }));
        }
    }

    private static UpsertRequest Upsert(float[] vector) => new()
    {
        Collection = "c",
        Points = [.. Enumerable.Range(0, 20).Select(i => new Point((ulong)i, vector))],
    };
}
