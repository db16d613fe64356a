namespace VectorCluster.Api;

/// <summary>Which JSON Web Tokens are accepted, and where their rights stand. A token must have an expiry.</summary>
public sealed record JwtOptions
{
    /// <summary>Keys that tokens are signed with; any one of them will do.</summary>
    /// <value>Default none: no token is accepted.</value>
    public IReadOnlyList<JwtKeyOptions> Keys { get; init; } = [];

    /// <summary>What a token's iss must be.</summary>
    /// <value>Default: it is not looked at.</value>
    public string? Issuer { get; init; }

    /// <summary>What a token's aud must be or contain.</summary>
    /// <value>Default: it is not looked at.</value>
    public string? Audience { get; init; }

    /// <summary>Claim with the role: a text, or a list of which the highest role counts.</summary>
    /// <value>Default role.</value>
    public string RoleClaim { get; init; } = "role";

    /// <summary>Claim with a list of the collections that the token is limited to. A token without it may use all of
    /// them, one with an empty list none.</summary>
    /// <value>Default collections.</value>
    public string CollectionsClaim { get; init; } = "collections";

    /// <summary>Claim with a list of the namespaces that the token is limited to, likewise.</summary>
    /// <value>Default namespaces.</value>
    public string NamespacesClaim { get; init; } = "namespaces";

    /// <summary>How far the clocks of the issuer and of this server may be apart.</summary>
    /// <value>00:00:00 to 00:10:00, default 00:00:30.</value>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ApiOptionsException">A value can't be used.</exception>
    internal void Check()
    {
        if (ClockSkew < TimeSpan.Zero || ClockSkew > TimeSpan.FromMinutes(10))
            throw new ApiOptionsException($"Access:Jwt:ClockSkew is {ClockSkew}; it must be 0 to 10 minutes.");
        foreach (var (key, claim) in new[]
        {
            (nameof(RoleClaim), RoleClaim),
            (nameof(CollectionsClaim), CollectionsClaim),
            (nameof(NamespacesClaim), NamespacesClaim),
        })
        {
            if (string.IsNullOrEmpty(claim)) throw new ApiOptionsException($"Access:Jwt:{key} must not be empty.");
        }
    }
}

/// <summary>A key that tokens are signed with.</summary>
public sealed record JwtKeyOptions
{
    /// <summary>HS256 (a shared secret), RS256 (RSA) or ES256 (elliptic curve P-256).</summary>
    public string Algorithm { get; init; } = "";

    /// <summary>The kid of tokens that are signed with it.</summary>
    /// <value>Default: tokens with any kid, and with none, are tried.</value>
    public string? KeyId { get; init; }

    /// <summary>For HS256: the secret, in UTF-8.</summary>
    /// <value>At least 32 bytes.</value>
    public string? Secret { get; init; }

    /// <summary>For HS256: file with the secret; the end of its last line does not count.</summary>
    public string? SecretFile { get; init; }

    /// <summary>For RS256 and ES256: the public key or certificate, as PEM text.</summary>
    /// <value>RSA: at least 2,048 bits.</value>
    public string? PublicKey { get; init; }

    /// <summary>For RS256 and ES256: file with the public key or certificate, as PEM.</summary>
    public string? PublicKeyFile { get; init; }
}
