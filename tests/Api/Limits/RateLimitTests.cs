using System.Net;
using VectorCluster.Embedded.Tests;

namespace VectorCluster.Api.Tests.Limits;

/// <summary>How often a caller may ask, on a clock that is moved by hand.</summary>
public sealed class RateLimitTests
{
    private readonly ManualTime _clock = new();

    [Fact]
    public void A_second_s_worth_passes_at_once_and_then_the_average()
    {
        var limit = new RateLimit(perSecond: 4, _clock);

        for (var i = 0; i < 4; i++) Assert.True(limit.TryTake(out _));
        Assert.False(limit.TryTake(out var wait));
        Assert.Equal(TimeSpan.FromMilliseconds(250), wait);
        _clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(limit.TryTake(out _));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(limit.TryTake(out _));
        Assert.False(limit.TryTake(out _)); // what was refused costs nothing, and earns nothing
        _clock.Advance(TimeSpan.FromHours(1));
        for (var i = 0; i < 4; i++) Assert.True(limit.TryTake(out _));
        Assert.False(limit.TryTake(out _));
    }

    [Fact]
    public void Less_than_one_a_second_lets_one_through_at_a_time()
    {
        var limit = new RateLimit(perSecond: 0.1, _clock);

        Assert.True(limit.TryTake(out _));
        Assert.False(limit.TryTake(out var wait));
        Assert.Equal(TimeSpan.FromSeconds(10), wait);
    }

    [Fact]
    public void Subjects_of_tokens_are_kept_apart_and_bounded()
    {
        var limits = new TokenRateLimits(perSecond: 1, _clock);
        for (var i = 0; i < TokenRateLimits.MaxSubjects; i++) Assert.True(limits.Of($"{i}").TryTake(out _));

        Assert.Same(limits.Of("late"), limits.Of("later")); // no room: they share one
        Assert.NotSame(limits.Of("1"), limits.Of("2"));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotSame(limits.Of("late"), limits.Of("later")); // the idle ones made room
    }

    // Goal: over HTTP each key has a limit of its own, and the answer says how long to wait.
    [Fact]
    public async Task Over_HTTP_a_key_past_its_rate_is_told_to_wait_and_others_go_on()
    {
        var (slow, fast) = (ApiKey.Create(), ApiKey.Create());
        var server = new ApiServer
        {
            Time = _clock,
            Options = new()
            {
                Limits = new() { RequestsPerSecond = 2 },
                Access = new()
                {
                    Keys =
                    [
                        new() { Name = "slow", Hash = ApiKey.HashOf(slow), Role = "read-only" },
                        new() { Name = "fast", Hash = ApiKey.HashOf(fast), Role = "read-only", RequestsPerSecond = 0 },
                    ],
                },
            },
        };
        await server.InitializeAsync();
        try
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, slow)).Status);
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, slow)).Status);
            var (status, retryAfter, body) = await GetAsync(server, slow);

            Assert.Equal((HttpStatusCode.TooManyRequests, "1"), (status, retryAfter));
            Assert.Contains("\"code\":\"rate_limited\"", body, StringComparison.Ordinal);
            Assert.Contains("\"retry_safe\":true", body, StringComparison.Ordinal);
            for (var i = 0; i < 10; i++) Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, fast)).Status);
            for (var i = 0; i < 10; i++)
                Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri("healthz", UriKind.Relative))).StatusCode);
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(server, slow)).Status);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_body_over_the_configured_limit_is_refused()
    {
        var server = new ApiServer { Options = new() { Limits = new() { MaxBodyBytes = 2_000 } } };
        await server.InitializeAsync();
        try
        {
            var path = new Uri("collections/c/points/count", UriKind.Relative);
            using var large = new StringContent($$"""{"x":"{{new string('x', 2_000)}}"}""");
            using var chunked = new StringContent($$"""{"x":"{{new string('x', 2_000)}}"}""");
            chunked.Headers.ContentLength = null;
            using var small = new StringContent($$"""{"x":"{{new string('x', 1_900)}}"}""");
            using var unsized = new HttpRequestMessage(HttpMethod.Post, path) { Content = chunked };
            unsized.Headers.TransferEncodingChunked = true;

            await AssertRefusedAsync(() => server.Http.PostAsync(path, large));
            await AssertRefusedAsync(() => server.Http.SendAsync(unsized));
            Assert.Equal(404, (int)(await server.Http.PostAsync(path, small)).StatusCode);
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task AssertRefusedAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            using var response = await send();
            Assert.Equal(413, (int)response.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The server closes the connection rather than read on; the client may see that before it sees the answer.
        }
    }

    private static async Task<(HttpStatusCode Status, string? RetryAfter, string Body)> GetAsync(
        ApiServer server, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/collections");
        request.Headers.Add("api-key", key);
        using var response = await server.Http.SendAsync(request);
        return (
            response.StatusCode,
            response.Headers.RetryAfter?.ToString(),
            await response.Content.ReadAsStringAsync());
    }
}
