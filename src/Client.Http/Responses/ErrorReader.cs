using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Turns an answer that is no success back into the exception that the server had.</summary>
internal static class ErrorReader
{
    private static readonly string[] Prefixes =
        ["Wrong input: ", "Not found: ", "Service error: ", "Unauthorized: ", "Forbidden: "];

    public static async Task<VectorDatabaseException> ReadAsync(
        HttpResponseMessage response, WriteTarget? target, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("status", out var status)
                && status.ValueKind == JsonValueKind.Object
                && status.TryGetProperty("code", out var code))
                return Read(status, code.GetString()!, (int)response.StatusCode, target);
        }
        catch (JsonException)
        {
            // Not ours: answered by what stands between, handled below.
        }

        return Foreign(response, target);
    }

    private static VectorDatabaseException Read(JsonElement status, string code, int httpStatus, WriteTarget? target)
    {
        var message = WithoutPrefix(status.GetProperty("error").GetString()!);
        var path = status.TryGetProperty("path", out var place) ? place.GetString() : null;
        if (status.TryGetProperty("outcomes", out var outcomes))
            return new WriteIncompleteException(code, message, ShardReader.ReadOutcomes(outcomes)) { Path = path };
        switch (code)
        {
            case ErrorCodes.CollectionNotFound or ErrorCodes.PointNotFound or ErrorCodes.SiloNotFound:
                return new NotFoundException(code, message) { Path = path };
            case ErrorCodes.CollectionExists:
                return new AlreadyExistsException(code, message) { Path = path };
            case ErrorCodes.Unauthenticated or ErrorCodes.InvalidKey or ErrorCodes.Forbidden:
                return new AccessDeniedException(code, message) { Path = path };
            case ErrorCodes.Overloaded or ErrorCodes.RateLimited:
                return new OverloadedException(message, RetryAfterOf(status), code) { Path = path };
            case ErrorCodes.StoreUnavailable:
                return new StoreUnavailableException(message) { Path = path };
            case ErrorCodes.WriteIncomplete:
                return new WriteIncompleteException(code, message, []) { Path = path };
            case ErrorCodes.ShardUnavailable or ErrorCodes.ShardCorrupted or ErrorCodes.DeadlineExceeded:
                var failures = status.TryGetProperty("failures", out var found) ? ShardReader.ReadFailures(found) : [];
                return new ShardUnavailableException(code, message, failures) { Path = path };
            default:
                return httpStatus < 500
                    ? new InvalidRequestException(code, message) { Path = path }
                    : ConnectionFailure.Create(code, message, target, WriteStatus.Unknown);
        }
    }

    private static VectorDatabaseException Foreign(HttpResponseMessage response, WriteTarget? target)
    {
        var status = (int)response.StatusCode;
        var message = $"The server answered {status} {response.ReasonPhrase}, without a reason of VectorCluster's.";
        return status < 500
            ? new InvalidRequestException(ErrorCodes.InvalidRequest, message)
            : ConnectionFailure.Create(ErrorCodes.ShardUnavailable, message, target, WriteStatus.Unknown);
    }

    private static TimeSpan RetryAfterOf(JsonElement status) =>
        TimeSpan.FromMilliseconds(status.TryGetProperty("retry_after_ms", out var wait) ? wait.GetInt64() : 1_000);

    private static string WithoutPrefix(string message)
    {
        foreach (var prefix in Prefixes)
            if (message.StartsWith(prefix, StringComparison.Ordinal)) return message[prefix.Length..];
        return message;
    }
}
