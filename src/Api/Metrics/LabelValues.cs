namespace VectorCluster.Api;

/// <summary>The values of a measurement's labels; those that it has not are null.</summary>
internal readonly record struct LabelValues(object? First, object? Second, object? Third)
{
    public const int MaxCount = 3;

    public static LabelValues Of(ReadOnlySpan<KeyValuePair<string, object?>> tags) => new(
        tags.Length > 0 ? tags[0].Value : null,
        tags.Length > 1 ? tags[1].Value : null,
        tags.Length > 2 ? tags[2].Value : null);
}
