using VectorCluster.Client.Http;

namespace VectorCluster.Api.Tests.Access;

/// <summary>Tokens that are accepted, and the rights that their claims grant.</summary>
public sealed class TokenTests(LockedServer locked) : IClassFixture<LockedServer>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        if (!await locked.Server.Database.CollectionExistsAsync(LockedServer.Collection))
            await locked.Server.Database.CreateCollectionAsync(
                LockedServer.Collection, CollectionSettings.ForVector(2, DistanceMetric.Dot));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("HS256")]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task A_token_of_each_algorithm_is_accepted(string algorithm)
    {
        var sign = algorithm switch
        {
            "HS256" => TestToken.Hmac(LockedServer.Secret),
            "RS256" => TestToken.With(locked.Rsa),
            _ => TestToken.With(locked.Curve),
        };
        var token = TestToken.Sign(
            algorithm, sign, LockedServer.Claims(), algorithm == "ES256" ? LockedServer.TokenKeyId : null);
        using var client = ClientOf(token);

        Assert.Single((await client.Cluster.GetClusterAsync()).Silos);
    }

    [Fact]
    public async Task Claims_limit_as_keys_do()
    {
        var claims = LockedServer.Claims();
        claims["role"] = new[] { "staff", "read-only", "write" };
        claims["collections"] = new[] { LockedServer.Collection };
        claims["namespaces"] = new[] { "of-token" };
        using var client = ClientOf(TestToken.WithSecret(LockedServer.Secret, claims));

        await client.UpsertAsync(Upsert(LockedServer.Collection, "of-token"));

        Assert.Equal(
            ["of-token"], (await client.ListNamespacesAsync(LockedServer.Collection)).Select(item => item.Name));
        await RefusesAsync(() => client.UpsertAsync(Upsert(LockedServer.Collection, "")));
        await RefusesAsync(() => client.UpsertAsync(Upsert("other", "of-token")));
        await RefusesAsync(() => client.DeleteCollectionAsync(LockedServer.Collection));
    }

    [Theory]
    [InlineData("role", null)] // without a role
    [InlineData("role", "owner")]
    [InlineData("collections", "[]")]
    [InlineData("namespaces", "[]")]
    public async Task A_token_that_grants_nothing_is_forbidden_everything(string claim, string? value)
    {
        var claims = LockedServer.Claims();
        claims.Remove(claim);
        if (value == "[]") claims[claim] = Array.Empty<string>();
        else if (value is not null) claims[claim] = value;
        using var client = ClientOf(TestToken.WithSecret(LockedServer.Secret, claims));

        await RefusesAsync(() => client.CountAsync(new() { Collection = LockedServer.Collection }));
    }

    private static UpsertRequest Upsert(string collection, string name) => new()
    {
        Collection = collection,
        Namespace = name,
        Points = [new(1UL, new float[] { 1, 2 })],
    };

    private static async Task RefusesAsync(Func<Task> call) =>
        Assert.Equal(ErrorCodes.Forbidden, (await Assert.ThrowsAsync<AccessDeniedException>(call)).Code);

    private VectorClusterHttpClient ClientOf(string token) =>
        VectorClusterHttpClient.Connect(locked.Server.Address, token);
}
