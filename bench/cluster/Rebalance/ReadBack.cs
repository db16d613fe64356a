using System.Numerics.Tensors;

namespace VectorCluster.Cluster.Bench;

/// <summary>Reads every acknowledged write back.</summary>
internal static class ReadBack
{
    private const int BatchPoints = 500;

    /// <summary>Between a vector and what comes back, which is of length 1.</summary>
    private const float Tolerance = 1e-5f;

    /// <returns>Points read, and sentences on those that are not as they were written.</returns>
    public static async Task<(int Count, IReadOnlyList<string> Faults)> RunAsync(
        IVectorDatabase database, string collection, IEnumerable<Point> written)
    {
        var (count, faults) = (0, new List<string>());
        foreach (var some in written.Chunk(BatchPoints))
        {
            var found = (await database.GetPointsAsync(new()
            {
                Collection = collection,
                Ids = [.. some.Select(point => point.Id)],
                WithVectors = VectorSelector.All,
            })).ToDictionary(point => point.Id);
            foreach (var point in some)
                if (FaultOf(point, found.GetValueOrDefault(point.Id)) is { } fault) faults.Add(fault);
            count += some.Length;
        }

        return (count, faults);
    }

    private static string? FaultOf(Point written, StoredPoint? read)
    {
        if (read is null) return $"Point {written.Id} is missing.";
        if (!written.Payload.Equals(read.Payload))
            return $"Point {written.Id} has payload {read.Payload} instead of {written.Payload}.";
        written.Vectors.TryGet(VectorSet.DefaultName, out var wanted);
        read.Vectors!.TryGet(VectorSet.DefaultName, out var vector);
        return 1 - TensorPrimitives.CosineSimilarity(wanted.Span, vector.Span) > Tolerance
            ? $"Point {written.Id} has another vector."
            : null;
    }
}
