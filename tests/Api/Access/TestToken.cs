using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace VectorCluster.Api.Tests.Access;

/// <summary>Makes JSON Web Tokens, right ones and wrong ones, without the library that checks them.</summary>
internal static class TestToken
{
    public static string Sign(string algorithm, Func<byte[], byte[]> sign, object claims, string? keyId = null)
    {
        var header = new Dictionary<string, string>(StringComparer.Ordinal) { ["alg"] = algorithm, ["typ"] = "JWT" };
        if (keyId is not null) header["kid"] = keyId;
        var text = $"{Encode(JsonSerializer.SerializeToUtf8Bytes(header))}.{Encode(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{text}.{Encode(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    public static string WithSecret(string secret, object claims) => Sign("HS256", Hmac(secret), claims);

    public static Func<byte[], byte[]> Hmac(string secret) =>
        bytes => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), bytes);

    public static Func<byte[], byte[]> With(RSA key) =>
        bytes => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public static Func<byte[], byte[]> With(ECDsa key) => bytes => key.SignData(bytes, HashAlgorithmName.SHA256);

    public static string Encode(byte[] bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
