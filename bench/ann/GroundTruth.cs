using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace VectorCluster.Ann.Bench;

/// <summary>The true nearest by dot product, found by looking at everything.</summary>
internal static class GroundTruth
{
    /// <param name="points">float32[n][dimension], of length 1.</param>
    public static int[] Find(float[] points, float[] queries, int dimension)
    {
        var truth = new int[queries.Length / dimension * AnnVectors.Neighbours];
        Parallel.For(0, queries.Length / dimension, query =>
        {
            var nearest = new PriorityQueue<int, float>(); // the farthest first
            var vector = queries.AsSpan(query * dimension, dimension);
            var count = (int)(points.LongLength / dimension);
            for (var place = 0; place < count; place++)
            {
                var at = MemoryMarshal.CreateReadOnlySpan(ref points[(long)place * dimension], dimension);
                var similarity = TensorPrimitives.Dot(vector, at);
                if (nearest.Count < AnnVectors.Neighbours) nearest.Enqueue(place, similarity);
                else nearest.EnqueueDequeue(place, similarity);
            }

            for (var at = ((query + 1) * AnnVectors.Neighbours) - 1; nearest.Count > 0; at--)
                truth[at] = nearest.Dequeue();
        });
        return truth;
    }
}
