using System.Collections.ObjectModel;
using System.Globalization;
using System.Security.Cryptography;

namespace VectorCluster.Storage.Postgres;

/// <summary>Keys for what is at rest: one that writes, and older ones that may still have to read.</summary>
/// <remarks>To rotate, put a new key first, restart, rewrite what the old one encrypted
/// (<see cref="PostgresDatabase.RekeyAsync"/>), then drop the old one.</remarks>
public sealed class EncryptionKeys
{
    /// <summary>AES-256.</summary>
    public const int KeyBytes = 32;

    private readonly ReadOnlyDictionary<uint, byte[]> _keys;

    private EncryptionKeys(uint currentId, Dictionary<uint, byte[]> keys) => (CurrentId, _keys) = (currentId, new(keys));

    /// <summary>Of the key that writes.</summary>
    public uint CurrentId { get; }

    public IEnumerable<uint> Ids => _keys.Keys;

    /// <summary>Reads <c>id:key</c> pairs, each key 32 bytes in base64, separated by commas or line ends; the first one
    /// writes.</summary>
    /// <param name="text">Ids are 1 to 4,294,967,295, each once. Empty lines and lines after # do not count.</param>
    /// <exception cref="FormatException">It is something else. The message never quotes a key.</exception>
    public static EncryptionKeys Parse(string text)
    {
        var keys = new Dictionary<uint, byte[]>();
        var currentId = 0u;
        var entries = text.Split(
            ['\n', ',', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var entry in entries.Where(entry => !entry.StartsWith('#')))
        {
            var number = keys.Count + 1;
            var colon = entry.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !uint.TryParse(
                entry.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == 0)
                throw new FormatException($"Encryption key {number} is not of the form id:base64, with an id from 1.");
            var key = new byte[KeyBytes];
            if (!Convert.TryFromBase64String(entry[(colon + 1)..], key, out var length) || length != KeyBytes)
                throw new FormatException($"Encryption key {id} is not {KeyBytes} bytes in base64.");
            if (!keys.TryAdd(id, key)) throw new FormatException($"Encryption key {id} comes twice.");
            if (currentId == 0) currentId = id;
        }

        return currentId == 0
            ? throw new FormatException("There is no encryption key in it.")
            : new(currentId, keys);
    }

    /// <summary>For one call: a cipher is not to be used by two threads at a time.</summary>
    internal AesGcm CreateCipher(uint id) => new(_keys[id], AesGcm.TagByteSizes.MaxSize);
}
