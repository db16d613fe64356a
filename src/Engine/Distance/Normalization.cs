using System.Numerics.Tensors;

namespace VectorCluster.Engine.Distance;

/// <summary>Brings vectors to length 1, so that their cosine is their dot product.</summary>
internal static class Normalization
{
    /// <summary>Divides by the Euclidean norm, computed in float64 so that large elements do not overflow.</summary>
    /// <param name="vector">float32[dimension], all finite. A zero vector stays zero: its cosine distance to all is
    /// 1.</param>
    public static void Normalize(Span<float> vector)
    {
        var norm = TensorPrimitives.Norm<float>(vector);
        if (norm is 0 or float.PositiveInfinity || !float.IsNormal(norm))
        {
            NormalizeWide(vector);
            return;
        }

        TensorPrimitives.Divide(vector, norm, vector);
    }

    /// <summary>The rare case: the squares over- or underflow float32.</summary>
    private static void NormalizeWide(Span<float> vector)
    {
        var sum = 0d;
        foreach (var element in vector) sum += (double)element * element;
        if (sum == 0) return;
        var norm = Math.Sqrt(sum);
        for (var i = 0; i < vector.Length; i++) vector[i] = (float)(vector[i] / norm);
    }
}
