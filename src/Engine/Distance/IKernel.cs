using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Distance;

/// <summary>One distance function for one instruction set; a type, so that the JIT makes it part of the loop that calls
/// it.</summary>
/// <remarks>
/// Kernels compute the <em>order value</em> of a metric: smaller is nearer, cheaper than the distance itself and in the
/// same order (see <see cref="OrderValue"/>). Both methods add in the same order, so a place has the same value however
/// it was come by.
/// </remarks>
internal unsafe interface IKernel
{
    /// <param name="a">float32[paddedDimension], 64-byte aligned, all finite, zero past the dimension.</param>
    /// <param name="b">As <paramref name="a"/>.</param>
    /// <param name="paddedDimension">A multiple of <see cref="OrderValue.Padding"/>.</param>
    static abstract float Compute(float* a, float* b, int paddedDimension);

    /// <summary>Four at once: the query is loaded once for all, and four sums are under way at a time.</summary>
    /// <returns>The order values of a to b0, b1, b2 and b3.</returns>
    static abstract Vector128<float> ComputeFour(
        float* a, float* b0, float* b1, float* b2, float* b3, int paddedDimension);
}

/// <summary>The numbers that kernels give, and the metric's distances that users see.</summary>
internal static class OrderValue
{
    /// <summary>Floats a vector is padded to, with zeros: one AVX-512 register. Zeros change none of the
    /// sums.</summary>
    public const int Padding = 16;

    public static int PaddedDimension(int dimension) => (dimension + Padding - 1) / Padding * Padding;

    /// <summary>Order values are Σ(aᵢ−bᵢ)² for Euclidean, Σ|aᵢ−bᵢ| for Manhattan, −a·b for dot and cosine (of unit
    /// vectors).</summary>
    public static float ToDistance(DistanceMetric metric, float orderValue) => metric switch
    {
        DistanceMetric.Cosine => 1 + orderValue,
        DistanceMetric.Euclidean => MathF.Sqrt(Math.Max(0, orderValue)), // what codes estimate may be negative
        _ => orderValue,
    };
}
