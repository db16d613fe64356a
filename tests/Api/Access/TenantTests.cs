using System.Net.Http.Json;
using System.Text.Json;
using VectorCluster.Client.Http;

namespace VectorCluster.Api.Tests.Access;

/// <summary>A key that is limited to a tenant's namespace sees nothing else, through every door of a
/// collection.</summary>
public sealed class TenantTests(LockedServer locked) : IClassFixture<LockedServer>, IAsyncLifetime
{
    private const string Other = "other-tenant";
    private const string Hidden = "hidden";

    private VectorClusterHttpClient _tenant = null!; // set in InitializeAsync, before any test

    public async Task InitializeAsync()
    {
        _tenant = ClientOf("tenant-admin");
        var database = locked.Server.Database;
        foreach (var collection in new[] { LockedServer.Collection, Hidden })
        {
            if (!await database.CollectionExistsAsync(collection))
                await database.CreateCollectionAsync(collection, CollectionSettings.ForVector(2, DistanceMetric.Dot));
            foreach (var (name, count) in new[] { (LockedServer.Tenant, 1), (Other, 2), ("", 4) })
                await database.UpsertAsync(new()
                {
                    Collection = collection,
                    Namespace = name,
                    Points = [.. Enumerable.Range(1, count).Select(i => new Point((ulong)i, new float[] { i, 1 }))],
                });
        }
    }

    public Task DisposeAsync()
    {
        _tenant.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(LockedServer.Collection, Other)]
    [InlineData(LockedServer.Collection, "")]
    [InlineData(Hidden, LockedServer.Tenant)]
    [InlineData("missing", LockedServer.Tenant)] // as one that exists: which do is not for it to know
    public async Task Points_of_others_can_neither_be_read_nor_written(string collection, string name)
    {
        var selector = PointSelector.ByIds([1UL]);
        var search = new SearchRequest
        {
            Collection = collection,
            Namespace = name,
            Query = new NearestQuery(new float[] { 1, 1 }),
        };
        Func<Task>[] calls =
        [
            () => _tenant.SearchAsync(search),
            () => _tenant.SearchBatchAsync([search with { Namespace = LockedServer.Tenant }, search]),
            () => _tenant.SearchAsync(search with { Query = new NearestQuery(QueryVector.OfPoint(1UL)) }),
            () => _tenant.GetPointsAsync(new() { Collection = collection, Namespace = name, Ids = [1UL] }),
            () => _tenant.ScrollAsync(new() { Collection = collection, Namespace = name }),
            () => _tenant.CountAsync(new() { Collection = collection, Namespace = name }),
            () => _tenant.UpsertAsync(new()
            {
                Collection = collection, Namespace = name, Points = [new(9UL, new float[] { 1, 1 })],
            }),
            () => _tenant.DeleteAsync(new() { Collection = collection, Namespace = name, Selector = selector }),
            () => _tenant.ChangePayloadAsync(new()
            {
                Collection = collection, Namespace = name, Selector = selector, Change = new ClearPayload(),
            }),
            () => _tenant.DeleteNamespaceAsync(collection, name),
        ];

        foreach (var call in calls)
        {
            // A batch over two collections travels as two requests; the other one may be answered.
            var refusal = await Assert.ThrowsAsync<AccessDeniedException>(call);
            Assert.Equal(ErrorCodes.Forbidden, refusal.Code);
        }

        var all = await locked.Server.Database.CountAsync(new() { Collection = Hidden, Namespace = Other });
        Assert.Equal(2, all);
    }

    [Fact]
    public async Task Lists_and_counts_show_its_own_alone()
    {
        var info = await _tenant.GetCollectionAsync(LockedServer.Collection);
        using var reader = ClientOf("tenant-reader"); // of all collections
        var admin = await locked.Server.Database.GetCollectionAsync(LockedServer.Collection);

        Assert.Equal([LockedServer.Collection], await _tenant.ListCollectionsAsync());
        Assert.Contains(Hidden, await reader.ListCollectionsAsync());
        Assert.Equal(
            [LockedServer.Tenant],
            (await _tenant.ListNamespacesAsync(LockedServer.Collection)).Select(item => item.Name));
        Assert.Equal((1L, 1), (info.PointCount, info.NamespaceCount));
        Assert.True(admin.PointCount >= 7);
    }

    // Goal: a request that is not allowed anywhere changes nothing. Method: a batch of an allowed and a forbidden
    // operation, which are different commits.
    [Fact]
    public async Task A_batch_with_one_forbidden_operation_does_nothing()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/collections/{LockedServer.Collection}/points/batch");
        request.Headers.Add("api-key", locked.KeyOf("tenant-admin"));
        request.Content = JsonContent.Create(JsonSerializer.Deserialize<JsonElement>(
            $$$"""
            {"operations":[{"upsert":{"points":[{"id":77,"vector":[1,2]}],"shard_key":"{{{LockedServer.Tenant}}}"}},
            {"delete":{"points":[1],"shard_key":"{{{Other}}}"}}]}
            """));

        using var response = await locked.Server.Http.SendAsync(request);

        Assert.Equal(403, (int)response.StatusCode);
        Assert.Empty(await _tenant.GetPointsAsync(
            new() { Collection = LockedServer.Collection, Namespace = LockedServer.Tenant, Ids = [77UL] }));
    }

    [Fact]
    public async Task A_key_of_two_namespaces_uses_both_the_default_one_too()
    {
        using var client = ClientOf("two-tenants");

        Assert.Equal(4, await client.CountAsync(new() { Collection = LockedServer.Collection }));
        Assert.Equal(
            ["", LockedServer.Tenant],
            (await client.ListNamespacesAsync(LockedServer.Collection)).Select(item => item.Name));
    }

    private VectorClusterHttpClient ClientOf(string key) =>
        VectorClusterHttpClient.Connect(locked.Server.Address, locked.KeyOf(key));
}
