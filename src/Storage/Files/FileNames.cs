using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace VectorCluster.Storage.Files;

/// <summary>Maps names of collections and namespaces to file names: injective, and safe on every file system.</summary>
/// <remarks>
/// <para>Bytes of the name in UTF-8 other than <c>a-z 0-9 _ -</c> become <c>%xx</c>, in lower-case hex. Upper case is
/// encoded too, so that no two names meet on a file system that ignores case; so are dots, hence no <c>.</c>, no
/// <c>..</c> and no suffix.</para>
/// <para>The marks <c>~</c> (never in an encoded name) keep the two exceptions apart: the empty name, and names too
/// long to encode, of which the beginning and the SHA-256 remain. Of those the true name stands in the files
/// only.</para>
/// </remarks>
internal static class FileNames
{
    /// <summary>Longest name of a collection or namespace. With it, every path stays within what a record can
    /// hold.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Stands for the empty name.</summary>
    public const string Empty = "~default";

    // File systems take 255 bytes; the rest is left to suffixes.
    private const int MaxEncodedLength = 200;
    private const int KeptLength = 120;

    private const NumberStyles HexDigits = NumberStyles.AllowHexSpecifier;

    private static readonly UTF8Encoding StrictUtf8 = new(
        encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly SearchValues<byte> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    // Devices under Windows, whatever the folder. Their first letter is encoded.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "con", "prn", "aux", "nul",
        "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
        "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    };

    /// <exception cref="ArgumentException">Longer than <see cref="MaxNameBytes"/>, or not valid Unicode.</exception>
    public static byte[] ToUtf8(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var bytes = StrictUtf8.GetBytes(name); // EncoderFallbackException is an ArgumentException
        if (bytes.Length > MaxNameBytes)
            throw new ArgumentException(
                $"A name has at most {MaxNameBytes} bytes in UTF-8; this one has {bytes.Length}.", nameof(name));
        return bytes;
    }

    /// <exception cref="ArgumentException">As of <see cref="ToUtf8"/>.</exception>
    public static string Encode(string name)
    {
        var utf8 = ToUtf8(name);
        if (utf8.Length == 0) return Empty;

        var encoded = new StringBuilder(utf8.Length);
        for (var i = 0; i < utf8.Length; i++)
        {
            if (Plain.Contains(utf8[i]) && !(i == 0 && Reserved.Contains(name)))
                encoded.Append((char)utf8[i]);
            else
                encoded.Append('%').Append(Convert.ToHexStringLower(utf8, i, 1));
        }

        return encoded.Length <= MaxEncodedLength
            ? encoded.ToString()
            : $"{encoded.ToString(0, KeptLength)}~{Convert.ToHexStringLower(SHA256.HashData(utf8))}";
    }

    /// <returns>False: a name that was too long to encode, or not one that <see cref="Encode"/> makes.</returns>
    public static bool TryDecode(string encoded, out string name)
    {
        name = "";
        if (encoded == Empty) return true;

        var bytes = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                bytes.Add((byte)encoded[i]);
                continue;
            }

            if (i + 2 >= encoded.Length || !byte.TryParse(encoded.AsSpan(i + 1, 2), HexDigits, null, out var value))
                return false;
            bytes.Add(value);
            i += 2;
        }

        try
        {
            name = StrictUtf8.GetString([.. bytes]);
            return Encode(name) == encoded;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
