using Microsoft.AspNetCore.Http;

namespace VectorCluster.Api;

/// <summary>Finds out who sent a request, and refuses it where they may not send it: before its body is read.</summary>
/// <remarks>What a body names is checked further in, by <see cref="GuardedDatabase"/>.</remarks>
internal sealed class AccessGate
{
    /// <summary>Longest key or token; longer ones are not looked at.</summary>
    public const int MaxCredentialLength = 8_192;

    private const string KeyHeader = "api-key";
    private const string Bearer = "Bearer ";

    private readonly CredentialFiles? _credentials;
    private readonly RateLimit? _limitOfAll;
    private readonly bool _opensMetrics;

    /// <param name="credentials">Null: there are none, and everyone may do everything.</param>
    public AccessGate(ApiOptions options, CredentialFiles? credentials, TimeProvider time)
    {
        _credentials = credentials;
        var rate = options.Limits.RequestsPerSecond;
        if (credentials is null && rate > 0) _limitOfAll = new(rate, time);
        _opensMetrics = options.Access.MetricsWithoutKey;
    }

    private bool IsClosed => _credentials is not null;

    /// <param name="collection">That the path names; empty: none.</param>
    /// <param name="password">A key that came in another way than the API takes it; null: none did.</param>
    /// <exception cref="AccessDeniedException">Nobody known sent it, or one who may not.</exception>
    /// <exception cref="OverloadedException">The caller has asked too often.</exception>
    public async ValueTask<Caller> AdmitAsync(
        HttpRequest request, RouteAccess access, string collection, string? password = null)
    {
        if (access == RouteAccess.Open || (_opensMetrics && access == RouteAccess.Metrics))
            return IsClosed ? Caller.Unknown : Caller.Anyone;
        var caller = IsClosed ? await IdentifyAsync(password ?? CredentialOf(request)) : Caller.Anyone;
        if ((caller.Limit ?? _limitOfAll) is { } limit && !limit.TryTake(out var wait))
            throw new OverloadedException(
                $"{caller.Name} has sent more than {limit.PerSecond} requests a second.",
                wait,
                ErrorCodes.RateLimited);
        caller.Require(access, collection);
        return caller;
    }

    private static string? CredentialOf(HttpRequest request)
    {
        if (request.Headers.TryGetValue(KeyHeader, out var keys)) return keys.ToString();
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : null;
    }

    private async ValueTask<Caller> IdentifyAsync(string? credential)
    {
        if (string.IsNullOrEmpty(credential))
            throw new AccessDeniedException(
                ErrorCodes.Unauthenticated,
                "Give a key, as the header `api-key` or as `Authorization: Bearer`.");
        if (credential.Length > MaxCredentialLength) throw Invalid();
        var (keys, tokens) = _credentials!.Current;
        if (keys.Find(credential) is { } caller) return caller;
        if (tokens is null || !JwtTokens.IsToken(credential)) throw Invalid();
        return await tokens.FindAsync(credential) ?? throw Invalid();
    }

    /// <summary>Why it is not accepted is for whoever made it to find out: the answer is the same for all.</summary>
    private static AccessDeniedException Invalid() =>
        new(ErrorCodes.InvalidKey, "The key or token is not known here, has expired, or is damaged.");
}
