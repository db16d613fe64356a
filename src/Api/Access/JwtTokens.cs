using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace VectorCluster.Api;

/// <summary>Checks JSON Web Tokens and reads their rights.</summary>
/// <remarks>A token's own header never decides which algorithm a key is for: each key is tried with the algorithm that
/// it was configured for, and with no other.</remarks>
internal sealed class JwtTokens
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly JwtOptions _options;
    private readonly TokenValidationParameters _rules;
    private readonly TokenRateLimits? _limits;

    /// <exception cref="ApiOptionsException">A key can't be used.</exception>
    public JwtTokens(JwtOptions options, double requestsPerSecond, TimeProvider time)
    {
        options.Check();
        _options = options;
        _limits = requestsPerSecond > 0 ? new(requestsPerSecond, time) : null;
        var keys = options.Keys.Select((key, i) => JwtKeys.Read(key, $"Access:Jwt:Keys:{i}")).ToList();
        _rules = new()
        {
            ValidAlgorithms = [.. keys.Select(key => key.Algorithm).Distinct(StringComparer.Ordinal)],
            IssuerSigningKeyResolver = (_, token, keyId, _) => KeysFor(token, keyId),
            TryAllIssuerSigningKeys = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidateIssuer = options.Issuer is not null,
            ValidIssuer = options.Issuer,
            ValidateAudience = options.Audience is not null,
            ValidAudience = options.Audience,
            LifetimeValidator = (from, until, _, _) => IsCurrent(from, until, time.GetUtcNow().UtcDateTime),
        };

        IEnumerable<SecurityKey> KeysFor(SecurityToken token, string? keyId) => keys
            .Where(key => key.Algorithm == ((JsonWebToken)token).Alg
                && (key.Key.KeyId is null || key.Key.KeyId == keyId))
            .Select(key => key.Key);
    }

    /// <summary>Whether a credential has the form of a token; keys of ours never have.</summary>
    public static bool IsToken(string credential) => credential.Count(c => c == '.') == 2;

    /// <returns>Null: the token is not valid here.</returns>
    public async ValueTask<Caller?> FindAsync(string token)
    {
        var result = await Handler.ValidateTokenAsync(token, _rules);
        return result is { IsValid: true, SecurityToken: JsonWebToken valid } ? Read(valid) : null;
    }

    private Caller? Read(JsonWebToken token)
    {
        try
        {
            using var claims = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload), Strict);
            var subject = claims.RootElement.TryGetProperty("sub", out var sub) ? sub.GetString() ?? "" : "";
            return new(
                $"the token of '{subject}'",
                ReadRole(claims.RootElement),
                ReadNames(claims.RootElement, _options.CollectionsClaim),
                ReadNames(claims.RootElement, _options.NamespacesClaim))
            {
                Limit = _limits?.Of(subject),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            return null; // signed by who may, but its claims are not of their types: it grants nothing
        }
    }

    private AccessRole ReadRole(JsonElement claims)
    {
        if (!claims.TryGetProperty(_options.RoleClaim, out var claim)) return AccessRole.None;
        if (claim.ValueKind == JsonValueKind.String) return RoleNames.Parse(claim.GetString());
        return claim.EnumerateArray().Select(role => RoleNames.Parse(role.GetString()))
            .DefaultIfEmpty(AccessRole.None).Max();
    }

    /// <returns>Null: there is no such claim.</returns>
    private static List<string>? ReadNames(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var claim)
            ? [.. claim.EnumerateArray().Select(item => item.GetString() ?? throw new FormatException("null"))]
            : null;

    private bool IsCurrent(DateTime? from, DateTime? until, DateTime now) =>
        until is { } end && now < end + _options.ClockSkew && (from is null || now >= from - _options.ClockSkew);
}
