using System.Security.Cryptography;
using System.Text;

namespace VectorCluster.Api.Tests.Access;

/// <summary>Keys and tokens that are not worth anything, made from those that are.</summary>
internal sealed class Forgeries : IDisposable
{
    private readonly LockedServer _locked;
    private readonly Random _random;
    private readonly RSA _otherRsa = RSA.Create(2_048);
    private readonly ECDsa _otherCurve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Func<string>[] _kinds;

    public Forgeries(LockedServer locked, int seed)
    {
        (_locked, _random) = (locked, new Random(seed));
        _kinds =
        [
            ApiKey.Create,
            () => locked.ExpiredKey,
            () => Truncated(Key()),
            () => Changed(Key()),
            () => ApiKey.HashOf(Key()),
            () => Key() + Key(),
            () => Key().ToUpperInvariant(),
            () => new string('x', _random.Next(1, AccessGate.MaxCredentialLength + 100)),
            () => Signed(LockedServer.Claims(TimeSpan.FromHours(-1))),
            () => Signed(Without("exp")),
            () => Signed(With("nbf", LockedServer.Claims(TimeSpan.FromHours(1))["exp"])),
            () => Signed(With("iss", "https://elsewhere.test")),
            () => Signed(Without("iss")),
            () => Signed(With("aud", "others")),
            () => Signed(With("collections", "docs")), // no list: it might have been meant to limit
            () => Signed(With("namespaces", new object?[] { null })),
            () => Signed(With("role", 7)),
            () => TestToken.WithSecret(LockedServer.Secret + "!", LockedServer.Claims()),
            () => TestToken.Sign("RS256", TestToken.With(_otherRsa), LockedServer.Claims()),
            () => TestToken.Sign("ES256", TestToken.With(_otherCurve), LockedServer.Claims(), LockedServer.TokenKeyId),
            () => TestToken.Sign("ES256", TestToken.With(locked.Curve), LockedServer.Claims(), "another-key"),
            () => TestToken.Sign("none", _ => [], LockedServer.Claims()),
            () => TestToken.Sign("HS512", TestToken.Hmac(LockedServer.Secret), LockedServer.Claims()),
            PublicKeyAsSecret,
            () => Truncated(Token()),
            OtherClaims,
            () => string.Join('.', Token().Split('.').Reverse()),
            () => Token().Split('.')[0] + "..",
            () => Changed(Token().Split('.')[0]) + Token()[Token().IndexOf('.', StringComparison.Ordinal)..],
        ];
    }

    public string Next() => _kinds[_random.Next(_kinds.Length)]();

    public void Dispose()
    {
        _otherRsa.Dispose();
        _otherCurve.Dispose();
    }

    private static string Token() => Signed(LockedServer.Claims());

    private static string Signed(object claims) => TestToken.WithSecret(LockedServer.Secret, claims);

    private static Dictionary<string, object> Without(string claim)
    {
        var claims = LockedServer.Claims();
        claims.Remove(claim);
        return claims;
    }

    private static Dictionary<string, object> With(string claim, object value)
    {
        var claims = LockedServer.Claims();
        claims[claim] = value;
        return claims;
    }

    /// <summary>The classic: what everyone knows of an RSA key, used as the secret of a hash.</summary>
    private string PublicKeyAsSecret() => TestToken.Sign(
        "HS256", TestToken.Hmac(_locked.Rsa.ExportSubjectPublicKeyInfoPem()), LockedServer.Claims());

    /// <summary>The signature of one token under the claims of another.</summary>
    private string OtherClaims()
    {
        var parts = Signed(With("role", "read-only")).Split('.');
        var claims = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(Decode(parts[1])).Replace("read-only", "admin", StringComparison.Ordinal));
        return $"{parts[0]}.{TestToken.Encode(claims)}.{parts[2]}";
    }

    private static byte[] Decode(string text) => Convert.FromBase64String(
        text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));

    private string Key() => _locked.KeyOf(_random.Next(2) == 0 ? "admin" : "reader");

    private string Truncated(string text) => text[.._random.Next(1, text.Length - 1)];

    private string Changed(string text)
    {
        var at = _random.Next(text.Length);
        return string.Concat(text.AsSpan(0, at), text[at] == 'A' ? "B" : "A", text.AsSpan(at + 1));
    }
}
