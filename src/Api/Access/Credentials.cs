namespace VectorCluster.Api;

/// <summary>The keys and tokens that open the API, as the settings and the files that they name have them at one
/// moment. Never changes: <see cref="CredentialFiles"/> puts another one in its place.</summary>
/// <param name="Tokens">Null: none are accepted.</param>
internal sealed record Credentials(ApiKeys Keys, JwtTokens? Tokens)
{
    /// <exception cref="ApiOptionsException">A key is wrong, or a file can't be read; the message names it.</exception>
    public static Credentials Read(ApiOptions options, TimeProvider time)
    {
        var rate = options.Limits.RequestsPerSecond;
        var access = options.Access;
        return new(
            new(access.ReadKeys(), rate, time),
            access.Jwt.Keys.Count > 0 ? new(access.Jwt, rate, time) : null);
    }
}
