using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VectorCluster.Engine.Distance;

/// <summary>Sums of the elements of vectors, in one fixed order whether of one vector or of four.</summary>
internal static class Sums
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(Vector512<float> sum) => Of(sum.GetLower() + sum.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(Vector256<float> sum) => Of(sum.GetLower() + sum.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> OfFour(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) => OfFour(
            a.GetLower() + a.GetUpper(),
            b.GetLower() + b.GetUpper(),
            c.GetLower() + c.GetUpper(),
            d.GetLower() + d.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> OfFour(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) => OfFour(
            a.GetLower() + a.GetUpper(),
            b.GetLower() + b.GetUpper(),
            c.GetLower() + c.GetUpper(),
            d.GetLower() + d.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Of(Vector128<float> sum) => (sum[0] + sum[2]) + (sum[1] + sum[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> OfFour(
        Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        if (!Sse.IsSupported) return Vector128.Create(Of(a), Of(b), Of(c), Of(d));
        var ab = Sse.UnpackLow(a, b) + Sse.UnpackHigh(a, b); // a0+a2, b0+b2, a1+a3, b1+b3
        var cd = Sse.UnpackLow(c, d) + Sse.UnpackHigh(c, d);
        return Sse.MoveLowToHigh(ab, cd) + Sse.MoveHighToLow(cd, ab);
    }
}
