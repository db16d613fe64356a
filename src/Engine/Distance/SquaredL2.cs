using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Distance;

/// <summary>Squared Euclidean distance, Σ(aᵢ − bᵢ)². The root is left out: it does not change the order.</summary>
internal readonly struct SquaredL2 : ITerm
{
    public static bool IsNegated => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float a, float b, float sum) => sum + ((a - b) * (a - b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b, Vector256<float> sum) =>
        Vector256.FusedMultiplyAdd(a - b, a - b, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b, Vector512<float> sum) =>
        Vector512.FusedMultiplyAdd(a - b, a - b, sum);
}
