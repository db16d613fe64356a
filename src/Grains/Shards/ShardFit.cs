using VectorCluster.Engine.Shards;

namespace VectorCluster.Grains.Shards;

/// <summary>Whether a request was made for the collection that a shard belongs to.</summary>
/// <remarks>A coordinator checks requests against the settings that it knows. Should a collection be deleted and made
/// anew with other vectors while a request is on its way, the request reaches the new one; a vector of a wrong length
/// must not reach its log.</remarks>
internal static class ShardFit
{
    public static bool Fits(ShardOperation operation, CollectionSettings settings)
    {
        if (operation is not UpsertPoints upsert) return true;
        foreach (var point in upsert.Points)
            foreach (var (name, vector) in point.Vectors)
                if (!Fits(name, vector, settings)) return false;
        return true;
    }

    public static bool Fits(IReadOnlyList<ShardSearch> searches, CollectionSettings settings) =>
        searches.All(search => Fits(search.VectorName, search.Query, settings));

    private static bool Fits(string name, ReadOnlyMemory<float> vector, CollectionSettings settings) =>
        settings.Vectors.TryGetValue(name, out var known) && known.Dimension == vector.Length;
}
