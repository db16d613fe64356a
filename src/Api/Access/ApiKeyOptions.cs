namespace VectorCluster.Api;

/// <summary>A key and what it allows. The key itself is kept nowhere: only its hash.</summary>
public sealed record ApiKeyOptions
{
    /// <summary>For messages and logs.</summary>
    public string Name { get; init; } = "";

    /// <summary>SHA-256 of the key, as `vectorcluster admin key` prints it: sha256: and 64 hexadecimal
    /// digits.</summary>
    public string Hash { get; init; } = "";

    /// <summary>read-only, write (points, payloads and their indexes, namespaces) or admin (collections, cluster); each
    /// includes the ones before.</summary>
    public string Role { get; init; } = "";

    /// <summary>The collections that the key is limited to.</summary>
    /// <value>Default all.</value>
    public IReadOnlyList<string> Collections { get; init; } = [];

    /// <summary>The namespaces that the key is limited to, in each of its collections; an empty name stands for the
    /// default namespace.</summary>
    /// <value>Default all.</value>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>From then on the key is refused.</summary>
    /// <value>A date and time such as 2027-01-31T00:00:00Z; default never.</value>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Requests a second; a second's worth may come at once.</summary>
    /// <value>From 0.001; 0: no limit; default what Limits:RequestsPerSecond says.</value>
    public double? RequestsPerSecond { get; init; }

    /// <exception cref="ApiOptionsException">Something is missing or wrong.</exception>
    internal void Check(string key)
    {
        if (string.IsNullOrWhiteSpace(Name)) throw new ApiOptionsException($"{key} has no Name.");
        if (ApiKey.ReadHash(Hash) is null)
            throw new ApiOptionsException(
                $"{key} ('{Name}') has no usable Hash: 'sha256:' and 64 hexadecimal digits, as 'vectorcluster admin "
                + "key' prints them.");
        if (RoleNames.Parse(Role) == AccessRole.None)
            throw new ApiOptionsException($"{key} ('{Name}') has the Role '{Role}'; there are {RoleNames.All}.");
        LimitOptions.CheckRate($"{key} ('{Name}') RequestsPerSecond", RequestsPerSecond ?? 0);
    }
}
