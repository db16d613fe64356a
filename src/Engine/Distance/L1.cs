using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Distance;

/// <summary>Manhattan distance, Σ|aᵢ − bᵢ|.</summary>
internal readonly struct L1 : ITerm
{
    public static bool IsNegated => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float a, float b, float sum) => sum + MathF.Abs(a - b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b, Vector256<float> sum) =>
        sum + Vector256.Abs(a - b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b, Vector512<float> sum) =>
        sum + Vector512.Abs(a - b);
}
