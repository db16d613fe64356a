using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Distance;

/// <summary>−a·b: the order of the dot product, and of cosine for unit vectors.</summary>
internal readonly struct NegativeDot : ITerm
{
    public static bool IsNegated => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float a, float b, float sum) => sum + (a * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b, Vector256<float> sum) =>
        Vector256.FusedMultiplyAdd(a, b, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b, Vector512<float> sum) =>
        Vector512.FusedMultiplyAdd(a, b, sum);
}
