using System.Security.Cryptography;

namespace VectorCluster.Api.Tests.Access;

/// <summary>A server with keys of every role and reach, and with keys for tokens of every algorithm.</summary>
public sealed class LockedServer : IAsyncLifetime
{
    public const string Collection = "docs";
    public const string Tenant = "tenant";
    public const string Secret = "a secret that is shared with nobody but this test";
    public const string Issuer = "https://issuer.test";
    public const string Audience = "vectors";
    public const string TokenKeyId = "ec-1";

    private static readonly (string Name, string Role, string[] Collections, string[] Namespaces)[] Keys =
    [
        ("reader", "read-only", [], []),
        ("writer", "write", [], []),
        ("admin", "admin", [], []),
        ("admin-here", "admin", [Collection], []),
        ("admin-elsewhere", "admin", ["other"], []),
        ("tenant-admin", "admin", [Collection], [Tenant]),
        ("tenant-reader", "read-only", [], [Tenant]),
        ("two-tenants", "write", [Collection], [Tenant, ""]),
    ];

    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    public LockedServer()
    {
        foreach (var (name, _, _, _) in Keys) _keys[name] = ApiKey.Create();
        ExpiredKey = ApiKey.Create();
        Server = new() { Options = Configure() };
    }

    public ApiServer Server { get; }

    public string ExpiredKey { get; }

    public RSA Rsa { get; } = RSA.Create(2_048);

    public ECDsa Curve { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string KeyOf(string name) => _keys[name];

    public Task InitializeAsync() => Server.InitializeAsync();

    public Task DisposeAsync() => Server.DisposeAsync();

    /// <summary>What a token of an admin says, valid for an hour.</summary>
    public static Dictionary<string, object> Claims(TimeSpan? validFor = null) => new(StringComparer.Ordinal)
    {
        ["sub"] = "someone",
        ["iss"] = Issuer,
        ["aud"] = Audience,
        ["role"] = "admin",
        ["exp"] = (TimeProvider.System.GetUtcNow() + (validFor ?? TimeSpan.FromHours(1))).ToUnixTimeSeconds(),
    };

    private ApiOptions Configure() => new()
    {
        Access = new()
        {
            Keys =
            [
                .. Keys.Select(key => new ApiKeyOptions
                {
                    Name = key.Name,
                    Hash = ApiKey.HashOf(_keys[key.Name]),
                    Role = key.Role,
                    Collections = key.Collections,
                    Namespaces = key.Namespaces,
                }),
                new()
                {
                    Name = "expired",
                    Hash = ApiKey.HashOf(ExpiredKey),
                    Role = "admin",
                    ExpiresAt = TimeProvider.System.GetUtcNow(),
                },
            ],
            Jwt = new()
            {
                Issuer = Issuer,
                Audience = Audience,
                Keys =
                [
                    new() { Algorithm = "HS256", Secret = Secret },
                    new() { Algorithm = "RS256", PublicKey = Rsa.ExportSubjectPublicKeyInfoPem() },
                    new() { Algorithm = "ES256", PublicKey = Curve.ExportSubjectPublicKeyInfoPem(), KeyId = TokenKeyId },
                ],
            },
        },
    };
}
