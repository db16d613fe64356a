using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Distance;

/// <summary>Without vector instructions; the oracle of the others.</summary>
internal readonly unsafe struct Scalar<TTerm> : IKernel
    where TTerm : struct, ITerm
{
    public static float Compute(float* a, float* b, int paddedDimension)
    {
        var sum = 0f;
        for (var i = 0; i < paddedDimension; i++) sum = TTerm.Add(a[i], b[i], sum);
        return TTerm.IsNegated ? -sum : sum;
    }

    public static Vector128<float> ComputeFour(
        float* a, float* b0, float* b1, float* b2, float* b3, int paddedDimension) => Vector128.Create(
            Compute(a, b0, paddedDimension),
            Compute(a, b1, paddedDimension),
            Compute(a, b2, paddedDimension),
            Compute(a, b3, paddedDimension));
}

/// <summary>AVX2, or what is as wide.</summary>
internal readonly unsafe struct Wide256<TTerm> : IKernel
    where TTerm : struct, ITerm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Compute(float* a, float* b, int paddedDimension)
    {
        // Safety: both point to paddedDimension floats, a multiple of 16.
        var sum = Vector256<float>.Zero;
        for (var i = 0; i < paddedDimension; i += 8)
            sum = TTerm.Add(Vector256.Load(a + i), Vector256.Load(b + i), sum);
        return TTerm.IsNegated ? -Sums.Of(sum) : Sums.Of(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ComputeFour(
        float* a, float* b0, float* b1, float* b2, float* b3, int paddedDimension)
    {
        // Safety: as Compute.
        var (sum0, sum1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var (sum2, sum3) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (var i = 0; i < paddedDimension; i += 8)
        {
            var query = Vector256.Load(a + i);
            sum0 = TTerm.Add(query, Vector256.Load(b0 + i), sum0);
            sum1 = TTerm.Add(query, Vector256.Load(b1 + i), sum1);
            sum2 = TTerm.Add(query, Vector256.Load(b2 + i), sum2);
            sum3 = TTerm.Add(query, Vector256.Load(b3 + i), sum3);
        }

        var sums = Sums.OfFour(sum0, sum1, sum2, sum3);
        return TTerm.IsNegated ? -sums : sums;
    }
}

/// <summary>AVX-512, or what is as wide.</summary>
internal readonly unsafe struct Wide512<TTerm> : IKernel
    where TTerm : struct, ITerm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Compute(float* a, float* b, int paddedDimension)
    {
        // Safety: both point to paddedDimension floats, a multiple of 16.
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < paddedDimension; i += 16)
            sum = TTerm.Add(Vector512.Load(a + i), Vector512.Load(b + i), sum);
        return TTerm.IsNegated ? -Sums.Of(sum) : Sums.Of(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> ComputeFour(
        float* a, float* b0, float* b1, float* b2, float* b3, int paddedDimension)
    {
        // Safety: as Compute.
        var (sum0, sum1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (sum2, sum3) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (var i = 0; i < paddedDimension; i += 16)
        {
            var query = Vector512.Load(a + i);
            sum0 = TTerm.Add(query, Vector512.Load(b0 + i), sum0);
            sum1 = TTerm.Add(query, Vector512.Load(b1 + i), sum1);
            sum2 = TTerm.Add(query, Vector512.Load(b2 + i), sum2);
            sum3 = TTerm.Add(query, Vector512.Load(b3 + i), sum3);
        }

        var sums = Sums.OfFour(sum0, sum1, sum2, sum3);
        return TTerm.IsNegated ? -sums : sums;
    }
}
