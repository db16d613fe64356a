namespace VectorCluster.Suites;

/// <summary>Namespaces: apart from each other in every operation, made by their first write, deleted as a
/// whole.</summary>
public abstract class NamespaceContract : VectorDatabaseContract
{
    [Fact]
    public async Task The_same_id_names_different_points_in_different_namespaces()
    {
        var name = await CreateTwoTenantsAsync();

        Assert.Equal("""{"who":"default"}""", (await FindAsync(name, 1))!.Payload!.ToString());
        Assert.Equal("""{"who":"ann"}""", (await FindAsync(name, 1, "ann"))!.Payload!.ToString());
        Assert.Equal("""{"who":"bob"}""", (await FindAsync(name, 1, "bob"))!.Payload!.ToString());
    }

    [Fact]
    public async Task Reads_see_one_namespace_only()
    {
        var name = await CreateTwoTenantsAsync();

        Assert.Equal(Numbers(1, 2), await IdsAsync(name, name: "ann"));
        Assert.Equal(1, await CountAsync(name, name: "bob"));
        Assert.Null(await FindAsync(name, 2));
        var result = await Database.SearchAsync(new()
        {
            Collection = name,
            Namespace = "bob",
            Query = new NearestQuery(new float[] { 0, 0 }),
        });
        Assert.Equal(Numbers(1), result.Hits.Select(hit => hit.Id));
    }

    [Fact]
    public async Task Writes_reach_one_namespace_only()
    {
        var name = await CreateTwoTenantsAsync();

        await Database.DeleteAsync(new()
        {
            Collection = name,
            Namespace = "ann",
            Selector = PointSelector.ByFilter(new Filter()),
        });
        await Database.ChangePayloadAsync(new()
        {
            Collection = name,
            Namespace = "bob",
            Selector = PointSelector.ByIds(1),
            Change = new ClearPayload(),
        });

        Assert.Empty(await IdsAsync(name, name: "ann"));
        Assert.Equal("{}", (await FindAsync(name, 1, "bob"))!.Payload!.ToString());
        Assert.Equal("""{"who":"default"}""", (await FindAsync(name, 1))!.Payload!.ToString());
    }

    [Fact]
    public async Task Namespaces_are_listed_in_order_with_their_counts()
    {
        var name = await CreateTwoTenantsAsync();

        var found = await Database.ListNamespacesAsync(name);

        Assert.Equal(["", "ann", "bob"], found.Select(item => item.Name));
        Assert.Equal([1L, 2L, 1L], found.Select(item => item.PointCount));
        Assert.All(found, item => Assert.Equal(name, item.Collection));
        Assert.Equal(4, (await Database.GetCollectionAsync(name)).PointCount);
    }

    [Theory]
    [InlineData("ann")]
    [InlineData("")]
    public async Task A_deleted_namespace_is_gone_and_may_come_again(string deleted)
    {
        var name = await CreateTwoTenantsAsync();

        Assert.True(await Database.DeleteNamespaceAsync(name, deleted));
        Assert.False(await Database.DeleteNamespaceAsync(name, deleted));

        Assert.DoesNotContain(deleted, (await Database.ListNamespacesAsync(name)).Select(item => item.Name));
        Assert.Equal(0, await CountAsync(name, name: deleted));
        Assert.Equal(1, await CountAsync(name, name: "bob"));
        await Database.UpsertAsync(new() { Collection = name, Namespace = deleted, Points = [At(7, 0, 0)] });
        Assert.Equal(Numbers(7), await IdsAsync(name, name: deleted));
    }

    [Fact]
    public async Task Reading_a_namespace_that_does_not_exist_finds_nothing_and_makes_nothing()
    {
        var name = await CreateAsync();

        Assert.Empty(await IdsAsync(name, name: "nobody"));
        Assert.Equal(0, await CountAsync(name, name: "nobody"));
        Assert.Null(await FindAsync(name, 1, "nobody"));
        var result = await Database.SearchAsync(new()
        {
            Collection = name,
            Namespace = "nobody",
            Query = new NearestQuery(new float[] { 0, 0 }),
        });
        Assert.Empty(result.Hits);
        Assert.DoesNotContain("nobody", (await Database.ListNamespacesAsync(name)).Select(item => item.Name));
    }

    private async Task<string> CreateTwoTenantsAsync()
    {
        var name = await CreateAsync();
        await UpsertAsync(name, At(1, 0, 0, """{"who":"default"}"""));
        await Database.UpsertAsync(new()
        {
            Collection = name,
            Namespace = "ann",
            Points = [At(1, 0, 0, """{"who":"ann"}"""), At(2, 0, 0, """{"who":"ann"}""")],
        });
        await Database.UpsertAsync(
            new() { Collection = name, Namespace = "bob", Points = [At(1, 9, 9, """{"who":"bob"}""")] });
        return name;
    }
}
