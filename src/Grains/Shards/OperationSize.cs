using VectorCluster.Engine.Shards;

namespace VectorCluster.Grains.Shards;

/// <summary>About how many bytes an operation adds to a shard.</summary>
internal static class OperationSize
{
    /// <summary>Id, place, version, and its entries in tables and graph.</summary>
    private const int PointBytes = 256;

    public static long Of(ShardOperation operation) =>
        operation is UpsertPoints upsert ? upsert.Points.Sum(Of) : 0;

    private static long Of(Point point)
    {
        var floats = 0L;
        foreach (var (_, vector) in point.Vectors) floats += vector.Length;
        return PointBytes + (floats * sizeof(float)) + point.Payload.Utf8.Length;
    }
}
