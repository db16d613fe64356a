using System.Net;
using System.Text;
using System.Text.Json;
using VectorCluster.Engine.Tests;

namespace VectorCluster.Api.Tests;

/// <summary>What callers are told while the store is away, and that everything goes on when it is back.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private const string Settings = """{"vectors":{"size":2,"distance":"Dot"}}""";
    private const string Point = """{"points":[{"id":1,"vector":[1,0]}]}""";
    private const string Other = """{"points":[{"id":2,"vector":[1,0]}]}""";
    private const string Search = """{"vector":[1,0],"limit":10}""";

    private readonly FailingStore _shards = new();
    private readonly ApiServer _server;
    private FailingCatalogue _catalogue = null!; // set when the server starts

    public OutageTests() => _server = new()
    {
        Around = stores =>
        {
            _shards.Store = stores.Shards;
            _catalogue = new(stores.Catalogue);
            return stores with { Catalogue = _catalogue, Shards = _shards };
        },
    };

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        await SendAsync(HttpStatusCode.OK, "PUT", "collections/c", Settings);
        await SendAsync(HttpStatusCode.OK, "PUT", "collections/c/points", Point);
    }

    public async Task DisposeAsync()
    {
        _shards.Return();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Writes_say_unknown_then_rejected_and_reads_answer_until_the_store_is_back()
    {
        _shards.Leave();

        var unknown = await SendAsync(HttpStatusCode.ServiceUnavailable, "PUT", "collections/c/points", Other);
        var refused = await SendAsync(HttpStatusCode.ServiceUnavailable, "PUT", "collections/c/points", Other);
        var found = await SendAsync(HttpStatusCode.OK, "POST", "collections/c/points/search", Search);

        Assert.Equal((ErrorCodes.WriteIncomplete, "unknown"), OutcomeOf(unknown));
        Assert.Equal((ErrorCodes.ShardUnavailable, "rejected"), OutcomeOf(refused));
        Assert.True(refused.GetProperty("status").GetProperty("retry_safe").GetBoolean());
        Assert.Single(found.GetProperty("result").EnumerateArray());
        _shards.Return();
        while (!await TryUpsertAsync())
        {
            // The shard settles by itself, within a second.
        }

        found = await SendAsync(HttpStatusCode.OK, "POST", "collections/c/points/search", Search);
        Assert.Equal(2, found.GetProperty("result").GetArrayLength());
        Assert.Equal(1, _shards.Calls.Count(call => call == "Acquire"));
    }

    [Fact]
    public async Task A_shard_that_can_not_be_opened_now_can_be_later()
    {
        const string Body = """{"points":[{"id":1,"vector":[1,0]}],"shard_key":"t"}""";
        const string Query = """{"vector":[1,0],"limit":10,"shard_key":"t"}""";
        _shards.Leave();

        var refused = await SendAsync(HttpStatusCode.ServiceUnavailable, "PUT", "collections/c/points", Body);
        var unread = await SendAsync(HttpStatusCode.ServiceUnavailable, "POST", "collections/c/points/search", Query);
        var status = await _server.Database.GetStatusAsync();
        _shards.Return();
        await SendAsync(HttpStatusCode.OK, "PUT", "collections/c/points", Body);

        Assert.Equal((ErrorCodes.ShardUnavailable, "rejected"), OutcomeOf(refused));
        Assert.Equal(ErrorCodes.ShardUnavailable, CodeOf(unread));
        Assert.Empty(status.Failures);
        Assert.True(status.IsReady);
    }

    [Fact]
    public async Task A_catalogue_that_is_away_is_told_and_not_needed_for_what_is_in_use()
    {
        _catalogue.IsAway = true;

        var unlisted = await SendAsync(HttpStatusCode.ServiceUnavailable, "GET", "collections", null);
        var unread = await SendAsync(HttpStatusCode.ServiceUnavailable, "GET", "collections/d", null);
        var unmade = await SendAsync(HttpStatusCode.ServiceUnavailable, "PUT", "collections/d", Settings);
        await SendAsync(HttpStatusCode.OK, "PUT", "collections/c/points", Other);
        var found = await SendAsync(HttpStatusCode.OK, "POST", "collections/c/points/search", Search);
        _catalogue.IsAway = false;
        await SendAsync(HttpStatusCode.OK, "PUT", "collections/d", Settings);

        Assert.All([unlisted, unread, unmade], answer =>
        {
            Assert.Equal(ErrorCodes.StoreUnavailable, CodeOf(answer));
            Assert.True(answer.GetProperty("status").GetProperty("retry_safe").GetBoolean());
        });
        Assert.Equal(2, found.GetProperty("result").GetArrayLength());
    }

    // Goal: the cache does not hold what may be gone. Method: the deletion is made, but its answer is lost.
    [Fact]
    public async Task A_deletion_of_unknown_outcome_is_seen_and_can_be_sent_again()
    {
        _catalogue.LosesAnswers = true;

        await SendAsync(HttpStatusCode.ServiceUnavailable, "DELETE", "collections/c", null);
        await SendAsync(HttpStatusCode.NotFound, "POST", "collections/c/points/search", Search);
        _catalogue.LosesAnswers = false;
        await SendAsync(HttpStatusCode.OK, "DELETE", "collections/c", null);
        await SendAsync(HttpStatusCode.OK, "PUT", "collections/c", Settings);

        var found = await SendAsync(HttpStatusCode.OK, "POST", "collections/c/points/search", Search);
        Assert.Empty(found.GetProperty("result").EnumerateArray());
    }

    private static string? CodeOf(JsonElement answer) => answer.GetProperty("status").GetProperty("code").GetString();

    private static (string? Code, string? Outcome) OutcomeOf(JsonElement answer) =>
        (CodeOf(answer), answer.GetProperty("status").GetProperty("outcomes")[0].GetProperty("status").GetString());

    private async Task<bool> TryUpsertAsync()
    {
        using var content = new StringContent(Other, Encoding.UTF8, "application/json");
        using var response = await _server.Http.PutAsync("collections/c/points", content);
        return response.StatusCode == HttpStatusCode.OK;
    }

    private async Task<JsonElement> SendAsync(HttpStatusCode expected, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _server.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode}: {text}");
        Assert.Equal(expected == HttpStatusCode.ServiceUnavailable, response.Headers.Contains("Retry-After"));
        return JsonDocument.Parse(text).RootElement;
    }
}
