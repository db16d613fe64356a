using System.Security.Cryptography;

namespace VectorCluster.Api;

/// <summary>The keys that are configured, by their hashes.</summary>
internal sealed class ApiKeys
{
    private readonly (byte[] Hash, DateTimeOffset? ExpiresAt, Caller Caller)[] _keys;
    private readonly TimeProvider _time;

    public ApiKeys(IReadOnlyList<ApiKeyOptions> keys, double requestsPerSecond, TimeProvider time)
    {
        _time = time;
        _keys = [.. keys.Select(key => (ApiKey.ReadHash(key.Hash)!, key.ExpiresAt, CallerOf(key)))];
        Caller CallerOf(ApiKeyOptions key) => new(
            $"the key '{key.Name}'", RoleNames.Parse(key.Role), Some(key.Collections), Some(key.Namespaces))
        {
            Limit = (key.RequestsPerSecond ?? requestsPerSecond) is > 0 and var rate ? new(rate, time) : null,
        };
    }

    public int Count => _keys.Length;

    /// <returns>Null: no such key, or one that has expired.</returns>
    public Caller? Find(string key)
    {
        // Every hash is compared, and each in constant time: how long it takes tells nothing about any of them.
        var digest = ApiKey.Digest(key);
        Caller? found = null;
        var expiresAt = default(DateTimeOffset?);
        foreach (var known in _keys)
            if (CryptographicOperations.FixedTimeEquals(known.Hash, digest))
                (found, expiresAt) = (known.Caller, known.ExpiresAt);
        return expiresAt <= _time.GetUtcNow() ? null : found;
    }

    private static IReadOnlyList<string>? Some(IReadOnlyList<string> names) => names.Count > 0 ? names : null;
}
