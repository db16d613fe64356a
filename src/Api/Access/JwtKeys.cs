using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace VectorCluster.Api;

/// <summary>Reads the keys that tokens are signed with.</summary>
internal static class JwtKeys
{
    private const int MinSecretBytes = 32;
    private const int MinRsaBits = 2_048;
    private const int EllipticBits = 256;

    /// <exception cref="ApiOptionsException">The key can't be read, or is too weak for its algorithm.</exception>
    public static (string Algorithm, SecurityKey Key) Read(JwtKeyOptions options, string path)
    {
        try
        {
            SecurityKey key = options.Algorithm switch
            {
                SecurityAlgorithms.HmacSha256 => ReadSecret(options, path),
                SecurityAlgorithms.RsaSha256 => ReadRsa(options, path),
                SecurityAlgorithms.EcdsaSha256 => ReadElliptic(options, path),
                _ => throw new ApiOptionsException(
                    $"{path}:Algorithm is '{options.Algorithm}'; there are HS256, RS256 and ES256."),
            };
            key.KeyId = options.KeyId;
            return (options.Algorithm, key);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or CryptographicException
                or ArgumentException)
        {
            throw new ApiOptionsException($"{path} can't be read: {exception.Message}");
        }
    }

    private static SymmetricSecurityKey ReadSecret(JwtKeyOptions options, string path)
    {
        var secret = Encoding.UTF8.GetBytes(
            ReadText(options.Secret, options.SecretFile, path, nameof(options.Secret)).TrimEnd('\r', '\n'));
        return secret.Length >= MinSecretBytes
            ? new(secret)
            : throw new ApiOptionsException(
                $"{path}: the secret has {secret.Length} bytes; it needs {MinSecretBytes}.");
    }

    private static RsaSecurityKey ReadRsa(JwtKeyOptions options, string path)
    {
        var pem = ReadText(options.PublicKey, options.PublicKeyFile, path, nameof(options.PublicKey));
        var rsa = IsCertificate(pem) ? PublicRsaOf(pem) : RSA.Create();
        if (!IsCertificate(pem)) rsa.ImportFromPem(pem);
        return rsa.KeySize >= MinRsaBits
            ? new(rsa.ExportParameters(includePrivateParameters: false))
            : throw new ApiOptionsException($"{path}: the RSA key has {rsa.KeySize} bits; it needs {MinRsaBits}.");
    }

    private static ECDsaSecurityKey ReadElliptic(JwtKeyOptions options, string path)
    {
        var pem = ReadText(options.PublicKey, options.PublicKeyFile, path, nameof(options.PublicKey));
        var curve = IsCertificate(pem) ? PublicCurveOf(pem) : ECDsa.Create();
        if (!IsCertificate(pem)) curve.ImportFromPem(pem);
        return curve.KeySize == EllipticBits
            ? new(curve)
            : throw new ApiOptionsException($"{path}: ES256 needs a key on the curve P-256.");
    }

    private static RSA PublicRsaOf(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.GetRSAPublicKey() ?? throw new CryptographicException("The certificate is not for RSA.");
    }

    private static ECDsa PublicCurveOf(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.GetECDsaPublicKey()
            ?? throw new CryptographicException("The certificate is not for elliptic curves.");
    }

    private static bool IsCertificate(string pem) => pem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal);

    private static string ReadText(string? text, string? file, string path, string name) => (text, file) switch
    {
        ({ } given, null) => given,
        (null, { } from) => File.ReadAllText(from),
        _ => throw new ApiOptionsException($"{path} needs either {name} or {name}File."),
    };
}
