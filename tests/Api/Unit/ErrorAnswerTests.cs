using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace VectorCluster.Api.Tests;

/// <summary>Each consequence has its status code, and the envelope says the rest.</summary>
public sealed class ErrorAnswerTests
{
    private static readonly ShardId Shard = new("c", "ns", 2);

    public static TheoryData<Exception, int, bool, bool> Errors => new()
    {
        { new InvalidRequestException(ErrorCodes.WrongDimension, "m"), 400, false, false },
        { new InvalidRequestException(ErrorCodes.TooLarge, "m"), 413, false, false },
        { NotFoundException.Collection("c"), 404, false, false },
        { new AlreadyExistsException(ErrorCodes.CollectionExists, "m"), 409, false, false },
        { new OverloadedException("m", TimeSpan.FromMilliseconds(1_500)), 429, true, true },
        { new StoreUnavailableException("m"), 503, true, true },
        { new ShardUnavailableException(ErrorCodes.DeadlineExceeded, "m", []), 503, true, true },
        { new ShardUnavailableException(ErrorCodes.ShardCorrupted, "m", []), 500, false, false },
        { new WriteIncompleteException(ErrorCodes.WriteIncomplete, "m", []), 503, true, true },
        { new WriteIncompleteException(ErrorCodes.ShardCorrupted, "m", []), 500, false, false },
        { new BadHttpRequestException("m", 413), 413, false, false },
        { new InvalidOperationException("secret"), 500, false, false },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task An_exception_has_its_status_code(
        Exception exception, int status, bool retrySafe, bool hasRetryAfter)
    {
        var (response, json) = await WriteAsync(exception);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(retrySafe, json.GetProperty("status").GetProperty("retry_safe").GetBoolean());
        Assert.Equal(hasRetryAfter, response.Headers.ContainsKey("Retry-After"));
        Assert.True(json.TryGetProperty("time", out _));
    }

    [Fact]
    public async Task The_envelope_says_what_was_wrong_and_where()
    {
        var (_, json) = await WriteAsync(
            new InvalidRequestException(ErrorCodes.WrongDimension, "expected dim: 2, got 3") { Path = "$.points[3].vector" });

        var status = json.GetProperty("status");
        Assert.Equal("Wrong input: expected dim: 2, got 3", status.GetProperty("error").GetString());
        Assert.Equal(ErrorCodes.WrongDimension, status.GetProperty("code").GetString());
        Assert.Equal("$.points[3].vector", status.GetProperty("path").GetString());
    }

    [Fact]
    public async Task A_bug_tells_the_caller_nothing_of_the_inside()
    {
        var (_, json) = await WriteAsync(new InvalidOperationException("secret"));

        Assert.DoesNotContain("secret", json.ToString(), StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.Internal, json.GetProperty("status").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Retry_after_is_in_whole_seconds_rounded_up()
    {
        var (response, json) = await WriteAsync(new OverloadedException("m", TimeSpan.FromMilliseconds(1_500)));

        Assert.Equal("2", response.Headers.RetryAfter);
        Assert.Equal(1_500, json.GetProperty("status").GetProperty("retry_after_ms").GetInt64());
    }

    [Fact]
    public async Task An_incomplete_write_lists_the_outcome_of_every_shard()
    {
        var failure = new ShardFailure(Shard, ErrorCodes.DeadlineExceeded, "late");
        var (_, json) = await WriteAsync(new WriteIncompleteException(ErrorCodes.WriteIncomplete, "m",
        [
            new(Shard with { Index = 0 }, WriteStatus.Applied, new Lsn(7), null),
            new(Shard, WriteStatus.Unknown, null, failure),
        ]));

        var outcomes = json.GetProperty("status").GetProperty("outcomes");
        Assert.Equal("applied", outcomes[0].GetProperty("status").GetString());
        Assert.Equal(7, outcomes[0].GetProperty("lsn").GetInt64());
        Assert.Equal("unknown", outcomes[1].GetProperty("status").GetString());
        Assert.Equal(2, outcomes[1].GetProperty("shard").GetInt32());
        Assert.Equal("late", outcomes[1].GetProperty("message").GetString());
    }

    private static async Task<(HttpResponse Response, JsonElement Json)> WriteAsync(Exception exception)
    {
        var http = new DefaultHttpContext();
        using var body = new MemoryStream();
        http.Response.Body = body;
        await ErrorAnswer.From(exception, path => path).WriteAsync(
            http.Response, TimeSpan.FromMilliseconds(5), default);
        return (http.Response, JsonDocument.Parse(body.ToArray()).RootElement);
    }
}
