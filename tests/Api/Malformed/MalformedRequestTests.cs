using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace VectorCluster.Api.Tests;

/// <summary>Whatever comes, the answer is a reason, and the server serves on.</summary>
public sealed class MalformedRequestTests(ApiServer server, ITestOutputHelper output) : IClassFixture<ApiServer>
{
    private const int RequestCount = 1_000;

    /// <summary>Problems shown at once; more of them seldom say more.</summary>
    private const int MaxProblems = 10;

    /// <summary>Set it to a seed that failed, to see the same requests again.</summary>
    private const string SeedVariable = "VECTORCLUSTER_FUZZ_SEED";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Goal: no input makes the server fail or hang. Method: valid requests of every endpoint, spoiled at random; each
    // must be answered by 2xx or by 4xx with an error envelope, and afterwards a good request must succeed.
    [Fact]
    public async Task A_malformed_request_is_answered_with_a_reason()
    {
        var seed = Environment.GetEnvironmentVariable(SeedVariable) is { } given
            ? ulong.Parse(given, CultureInfo.InvariantCulture)
            : (ulong)TimeProvider.System.GetTimestamp();
        output.WriteLine($"{SeedVariable}={seed}");
        await PrepareAsync();
        var problems = new List<string>();
        var codes = new SortedDictionary<string, int>(StringComparer.Ordinal);

        // A mutated method may well delete the collection; then it is made anew, so that requests go deeper than "not
        // found".
        foreach (var request in Mutations.Requests.Sample(RequestCount, new Rnd(seed), 50))
        {
            await PrepareAsync();
            var outcome = await SendAsync(request);
            codes[outcome.Code] = codes.GetValueOrDefault(outcome.Code) + 1;
            if (outcome.Problem is null) continue;
            problems.Add($"{outcome.Problem}\n{request}\n{server.Errors.LastOrDefault()}");
            if (problems.Count == MaxProblems) break;
        }

        Assert.True(problems.Count == 0, $"Seed {seed}:\n" + string.Join("\n\n", problems));

        foreach (var (code, count) in codes) output.WriteLine($"{count,5} {code}");
        var refused = RequestCount - codes.GetValueOrDefault("2xx");
        Assert.True(refused > RequestCount / 4, $"Only {refused} of the requests were malformed; seed {seed}.");
        await AssertServesAsync();
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_and_the_server_serves_on()
    {
        await PrepareAsync();
        using var content = new ByteArrayContent(new byte[RequestBody.MaxBytes + 1]);

        try
        {
            using var response = await server.Http.PutAsync(Path("points"), content);
            Assert.Equal(413, (int)response.StatusCode);
            Assert.Contains(ErrorCodes.TooLarge, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            // The server closes the connection rather than read on; the client may see that before it sees the answer.
        }

        await AssertServesAsync();
    }

    private async Task<(string Code, string? Problem)> SendAsync(WireRequest request)
    {
        using var message = new HttpRequestMessage(
            new HttpMethod(request.Method), new Uri(server.Address.GetLeftPart(UriPartial.Authority) + request.Target));
        if (request.Body.Length > 0) message.Content = new ByteArrayContent(request.Body);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            using var response = await server.Http.SendAsync(message, patience.Token);
            var body = await response.Content.ReadAsByteArrayAsync(patience.Token);
            var status = (int)response.StatusCode;
            if (status is >= 200 and < 300) return ("2xx", null);
            if (status is < 400 or >= 500) return ("", $"Status {status}: {System.Text.Encoding.UTF8.GetString(body)}");
            using var json = JsonDocument.Parse(body);
            var error = json.RootElement.GetProperty("status");
            var hasReason = error.GetProperty("error").GetString() is { Length: > 0 };
            return ($"{status} {error.GetProperty("code").GetString()}", hasReason ? null : "No reason given.");
        }
        catch (OperationCanceledException)
        {
            return ("", $"No answer within {Patience}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or KeyNotFoundException)
        {
            return ("", exception.Message);
        }
    }

    private async Task PrepareAsync()
    {
        if (await server.Database.CollectionExistsAsync(ValidRequests.Collection)) return;
        await server.Database.CreateCollectionAsync(
            ValidRequests.Collection, CollectionSettings.ForVector(4, DistanceMetric.Cosine, shardCount: 2));
    }

    private async Task AssertServesAsync()
    {
        await PrepareAsync();
        await server.Client.UpsertAsync(new()
        {
            Collection = ValidRequests.Collection,
            Points = [new Point("good", new float[] { 0, 0, 0, 7 })],
        });
        var result = await server.Client.SearchAsync(new()
        {
            Collection = ValidRequests.Collection,
            Query = new NearestQuery(new float[] { 0, 0, 0, 1 }),
            Filter = Filter.All(new HasIdCondition(["good"])),
        });
        Assert.Equal("good", Assert.Single(result.Hits).Id);
    }

    private static string Path(string suffix) => $"collections/{ValidRequests.Collection}/{suffix}";
}
