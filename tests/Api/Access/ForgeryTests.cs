using System.Net;
using Xunit.Abstractions;

namespace VectorCluster.Api.Tests.Access;

/// <summary>No wrong key or token opens any door.</summary>
public sealed class ForgeryTests(LockedServer locked, ITestOutputHelper output) : IClassFixture<LockedServer>
{
    private const int RequestCount = 10_000;
    private const int AtOnce = 8;

    // Method: 10,000 requests to endpoints that need a key, with credentials that are wrong, expired, truncated or
    // forged in one of many ways; then the good keys still work.
    [Fact]
    public async Task Wrong_expired_truncated_and_forged_credentials_are_refused()
    {
        var seed = (int)TimeProvider.System.GetTimestamp();
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        using var forgeries = new Forgeries(locked, seed);
        var routes = VectorClusterApi.Routes.Where(route => route.Access != RouteAccess.Open).ToList();
        var requests = Enumerable.Range(0, RequestCount)
            .Select(i => (Route: routes[random.Next(routes.Count)], Credential: forgeries.Next(), IsBearer: i % 2 == 0))
            .ToList();
        var statuses = new int[600];
        await Parallel.ForEachAsync(
            requests,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (request, _) =>
            {
                var status = await SendAsync(request.Route, request.Credential, request.IsBearer);
                Interlocked.Increment(ref statuses[(int)status]);
                Assert.True(
                    status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden,
                    $"Seed {seed}: {(int)status} for {request.Route.Operation} with {request.Credential}");
            });

        output.WriteLine($"401: {statuses[401]}, 403: {statuses[403]}");
        Assert.Equal(RequestCount, statuses[401] + statuses[403]);
        foreach (var key in new[] { locked.KeyOf("admin"), TestToken.WithSecret(LockedServer.Secret, LockedServer.Claims()) })
            Assert.Equal(HttpStatusCode.OK, await SendAsync(routes.Single(route => route.Operation == "status"), key, true));
    }

    [Theory]
    [InlineData(null, "Bearer realm=\"vectorcluster\"", ErrorCodes.Unauthenticated)]
    [InlineData("nonsense", "Bearer realm=\"vectorcluster\", error=\"invalid_token\"", ErrorCodes.InvalidKey)]
    [InlineData("reader", "Bearer realm=\"vectorcluster\", error=\"insufficient_scope\"", ErrorCodes.Forbidden)]
    public async Task A_refusal_says_what_is_asked_for(string? credential, string challenge, string code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/collections/docs");
        if (credential is not null)
            request.Headers.Add("api-key", credential == "reader" ? locked.KeyOf(credential) : credential);

        using var response = await locked.Server.Http.SendAsync(request);

        Assert.Equal(challenge, response.Headers.WwwAuthenticate.ToString());
        var body = await response.Content.ReadAsStringAsync();
        Assert.Contains($"\"code\":\"{code}\"", body, StringComparison.Ordinal);
        Assert.Contains("\"retry_safe\":false", body, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> SendAsync(ApiRoute route, string credential, bool isBearer)
    {
        var path = route.Pattern.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), path);
        request.Headers.TryAddWithoutValidation(
            isBearer ? "Authorization" : "api-key", isBearer ? $"Bearer {credential}" : credential);
        using var response = await locked.Server.Http.SendAsync(request);
        return response.StatusCode;
    }
}
