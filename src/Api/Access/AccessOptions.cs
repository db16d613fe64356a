using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>Who may use the HTTP API. With neither keys nor tokens everyone may do everything, and the server listens
/// on loopback only.</summary>
public sealed record AccessOptions
{
    private static readonly JsonSerializerOptions FileFormat = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>The keys that are accepted. Several at once, so that a key can be replaced: add the new one, give it to
    /// its users, remove the old one.</summary>
    /// <value>Default none.</value>
    public IReadOnlyList<ApiKeyOptions> Keys { get; init; } = [];

    /// <summary>File with more keys: a JSON list of objects with the members of a key. A change of it counts within
    /// seconds, without a restart; so does one of the files that <see cref="Jwt"/> names.</summary>
    /// <value>Default none.</value>
    public string? KeysFile { get; init; }

    /// <summary>Accepts JSON Web Tokens.</summary>
    public JwtOptions Jwt { get; init; } = new();

    /// <summary>Lets a server without keys listen on addresses other than loopback. Whoever reaches it may do
    /// everything.</summary>
    /// <value>Default false.</value>
    public bool AllowWithoutKeys { get; init; }

    /// <summary>Serves /metrics without a key. They name collections.</summary>
    /// <value>Default false.</value>
    public bool MetricsWithoutKey { get; init; }

    /// <summary>Whether a key or a token is asked for.</summary>
    internal bool IsClosed => Keys.Count > 0 || KeysFile is not null || Jwt.Keys.Count > 0;

    /// <summary>The files that keys are read from.</summary>
    internal IEnumerable<string> Files => new[] { KeysFile }
        .Concat(Jwt.Keys.SelectMany(key => new[] { key.SecretFile, key.PublicKeyFile })).OfType<string>();

    /// <summary>Refuses to listen where anyone might do anything, unless that is what the settings say.</summary>
    /// <param name="address">As configured, for the message.</param>
    /// <exception cref="ApiOptionsException">There are no keys, and the address is not loopback.</exception>
    public void CheckAddress(string address, bool isLoopback)
    {
        if (isLoopback || IsClosed || AllowWithoutKeys) return;
        throw new ApiOptionsException(
            $"Without keys the server listens on loopback only, not on {address}. Configure Access:Keys "
            + "('vectorcluster admin key' makes one), or set Access:AllowWithoutKeys to let everyone do everything.");
    }

    /// <summary>The keys of the settings and of the file, checked.</summary>
    /// <exception cref="ApiOptionsException">A key is wrong, or the file can't be read.</exception>
    internal IReadOnlyList<ApiKeyOptions> ReadKeys()
    {
        var keys = new List<ApiKeyOptions>();
        for (var i = 0; i < Keys.Count; i++)
        {
            Keys[i].Check($"Access:Keys:{i}");
            keys.Add(Keys[i]);
        }

        foreach (var key in ReadFile())
        {
            key.Check($"Access:KeysFile {KeysFile}, key {keys.Count - Keys.Count}");
            keys.Add(key);
        }

        return keys;
    }

    private ApiKeyOptions[] ReadFile()
    {
        if (KeysFile is null) return [];
        try
        {
            var keys = JsonSerializer.Deserialize<ApiKeyOptions?[]>(File.ReadAllText(KeysFile), FileFormat) ?? [null];
            return [.. keys.Select(key => key ?? throw new JsonException("A key, or all of it, is null."))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ApiOptionsException($"Access:KeysFile is '{KeysFile}': {exception.Message}");
        }
    }
}
