using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace VectorCluster.Api;

/// <summary>An error as the wire shows it: Qdrant's <c>status.error</c>, and beside it the code, the place, and
/// whether to retry.</summary>
internal sealed record ErrorAnswer(int StatusCode, string Code, string Message)
{
    private const string NoCredential = "Bearer realm=\"vectorcluster\"";
    private const string InvalidCredential = NoCredential + ", error=\"invalid_token\"";
    private const string InsufficientScope = NoCredential + ", error=\"insufficient_scope\"";

    public string? Path { get; init; }

    public bool IsRetrySafe { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the header WWW-Authenticate says (RFC 6750); null: nothing.</summary>
    public string? Challenge { get; init; }

    public IReadOnlyList<ShardFailure> Failures { get; init; } = [];

    public IReadOnlyList<ShardWriteOutcome> Outcomes { get; init; } = [];

    /// <summary>How long to wait where the database names no time of its own.</summary>
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(1);

    /// <param name="locate">Turns a path of the database's into one of the body.</param>
    public static ErrorAnswer From(Exception exception, Func<string, string> locate) => exception switch
    {
        InvalidRequestException { Code: ErrorCodes.TooLarge } wrong =>
            Of(wrong, StatusCodes.Status413PayloadTooLarge, "Wrong input: ", locate),
        InvalidRequestException wrong => Of(wrong, StatusCodes.Status400BadRequest, "Wrong input: ", locate),
        NotFoundException missing => Of(missing, StatusCodes.Status404NotFound, "Not found: ", locate),
        AlreadyExistsException exists => Of(exists, StatusCodes.Status409Conflict, "Wrong input: ", locate),
        AccessDeniedException { Code: ErrorCodes.Forbidden } denied =>
            Of(denied, StatusCodes.Status403Forbidden, "Forbidden: ", locate) with { Challenge = InsufficientScope },
        AccessDeniedException denied => Of(denied, StatusCodes.Status401Unauthorized, "Unauthorized: ", locate) with
        {
            Challenge = denied.Code == ErrorCodes.Unauthenticated ? NoCredential : InvalidCredential,
        },
        OverloadedException busy =>
            Of(busy, StatusCodes.Status429TooManyRequests, "", locate) with { RetryAfter = busy.RetryAfter },
        StoreUnavailableException away =>
            Of(away, StatusCodes.Status503ServiceUnavailable, "Service error: ", locate),
        ShardUnavailableException lost =>
            Of(lost, StatusOf(lost), "Service error: ", locate) with { Failures = lost.Failures },
        WriteIncompleteException half =>
            Of(half, StatusOf(half), "Service error: ", locate) with { Outcomes = half.Outcomes },
        BadHttpRequestException bad => new(bad.StatusCode, CodeOf(bad), bad.Message),
        _ => new(
            StatusCodes.Status500InternalServerError,
            ErrorCodes.Internal,
            "Service internal error: see the server's log."),
    };

    public async Task WriteAsync(HttpResponse response, TimeSpan elapsed, CancellationToken cancellationToken)
    {
        if (RetryAfter is { } wait)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (Challenge is not null) response.Headers.WWWAuthenticate = Challenge;
        await using var answer = Answer.Begin(response, StatusCode);
        WriteStatus(answer.Json);
        await answer.CompleteAsync(elapsed, cancellationToken);
    }

    private void WriteStatus(Utf8JsonWriter json)
    {
        json.WriteStartObject("status");
        json.WriteString("error", Message);
        json.WriteString("code", Code);
        if (Path is not null) json.WriteString("path", Path);
        json.WriteBoolean("retry_safe", IsRetrySafe);
        if (RetryAfter is { } wait) json.WriteNumber("retry_after_ms", (long)wait.TotalMilliseconds);
        if (Failures.Count > 0)
        {
            json.WritePropertyName("failures");
            ShardJson.WriteFailures(json, Failures);
        }

        if (Outcomes.Count > 0)
        {
            json.WritePropertyName("outcomes");
            ShardJson.WriteOutcomes(json, Outcomes);
        }

        json.WriteEndObject();
    }

    private static ErrorAnswer Of(
        VectorDatabaseException exception, int statusCode, string prefix, Func<string, string> locate) =>
        new(statusCode, exception.Code, prefix + exception.Message)
        {
            Path = exception.Path is { } path ? locate(path) : null,
            IsRetrySafe = exception.IsRetrySafe,
            RetryAfter = statusCode == StatusCodes.Status503ServiceUnavailable ? DefaultRetryAfter : null,
        };

    /// <summary>Damaged data needs an operator, and no retry helps; any other failure of a shard passes.</summary>
    private static int StatusOf(VectorDatabaseException exception) => exception.Code == ErrorCodes.ShardCorrupted
        ? StatusCodes.Status500InternalServerError
        : StatusCodes.Status503ServiceUnavailable;

    private static string CodeOf(BadHttpRequestException exception) =>
        exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? ErrorCodes.TooLarge : ErrorCodes.InvalidRequest;
}
