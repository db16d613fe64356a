using System.Security.Cryptography;
using System.Text;

namespace VectorCluster.Api;

/// <summary>Keys as text, and their hashes.</summary>
/// <remarks>A key is random and long, so a plain hash of it can't be turned back; a password's could.</remarks>
public static class ApiKey
{
    private const string Prefix = "vck_";
    private const string HashPrefix = "sha256:";
    private const int SecretBytes = 32;

    /// <summary>A new key: 256 random bits.</summary>
    public static string Create()
    {
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        return Prefix + Convert.ToBase64String(secret).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }

    /// <returns>What configuration has of a key.</returns>
    public static string HashOf(string key) => HashPrefix + Convert.ToHexStringLower(Digest(key));

    internal static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <returns>Null: that is no hash.</returns>
    internal static byte[]? ReadHash(string text)
    {
        if (!text.StartsWith(HashPrefix, StringComparison.Ordinal)) return null;
        var digits = text.AsSpan(HashPrefix.Length);
        if (digits.Length != 2 * SHA256.HashSizeInBytes) return null;
        foreach (var digit in digits)
            if (!char.IsAsciiHexDigit(digit)) return null;
        return Convert.FromHexString(digits);
    }
}
