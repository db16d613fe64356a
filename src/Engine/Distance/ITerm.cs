using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Distance;

/// <summary>What one dimension adds to an order value: all in which the metrics' kernels differ.</summary>
internal interface ITerm
{
    /// <summary>Whether the order value is the sum's negative.</summary>
    static abstract bool IsNegated { get; }

    static abstract float Add(float a, float b, float sum);

    static abstract Vector256<float> Add(Vector256<float> a, Vector256<float> b, Vector256<float> sum);

    static abstract Vector512<float> Add(Vector512<float> a, Vector512<float> b, Vector512<float> sum);
}
