using System.Globalization;

namespace VectorCluster.Grains.Shards;

/// <summary>A shard's id as the key of its grain: <c>collection/namespace/index</c>.</summary>
/// <remarks>Names may hold any character, so a slash and a percent sign within one are written %2F and %25. Different
/// shards have different keys.</remarks>
internal static class ShardKey
{
    public static string Write(ShardId shard) => string.Create(
        CultureInfo.InvariantCulture, $"{Escape(shard.Collection)}/{Escape(shard.Namespace)}/{shard.Index}");

    /// <exception cref="FormatException">Not a key that <see cref="Write"/> made.</exception>
    public static ShardId Read(string key)
    {
        var parts = key.Split('/');
        return parts.Length == 3
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new(Unescape(parts[0]), Unescape(parts[1]), index)
            : throw new FormatException($"'{key}' is not the key of a shard.");
    }

    private static string Escape(string name) =>
        name.Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2F", StringComparison.Ordinal);

    private static string Unescape(string name) =>
        name.Replace("%2F", "/", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
}
