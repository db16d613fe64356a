using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Distance;

/// <summary>−a·b: the order of the dot product, and of cosine for unit vectors.</summary>
internal static unsafe class NegativeDot
{
    public readonly struct Scalar : IKernel
    {
        public static float Compute(float* a, float* b, int paddedDimension)
        {
            var sum = 0f;
            for (var i = 0; i < paddedDimension; i++) sum += a[i] * b[i];
            return -sum;
        }

        public static Vector128<float> ComputeFour(
            float* a, float* b0, float* b1, float* b2, float* b3, int paddedDimension) => Vector128.Create(
                Compute(a, b0, paddedDimension),
                Compute(a, b1, paddedDimension),
                Compute(a, b2, paddedDimension),
                Compute(a, b3, paddedDimension));
    }

    public readonly struct Wide256 : IKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Compute(float* a, float* b, int paddedDimension)
        {
            // Safety: both point to paddedDimension floats, a multiple of 16.
            var sum = Vector256<float>.Zero;
            for (var i = 0; i < paddedDimension; i += 8)
                sum = Add(Vector256.Load(a + i), Vector256.Load(b + i), sum);
            return -Sums.Of(sum);
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
                sum0 = Add(query, Vector256.Load(b0 + i), sum0);
                sum1 = Add(query, Vector256.Load(b1 + i), sum1);
                sum2 = Add(query, Vector256.Load(b2 + i), sum2);
                sum3 = Add(query, Vector256.Load(b3 + i), sum3);
            }

            return -Sums.OfFour(sum0, sum1, sum2, sum3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<float> Add(Vector256<float> a, Vector256<float> b, Vector256<float> sum) =>
            Vector256.FusedMultiplyAdd(a, b, sum);
    }

    public readonly struct Wide512 : IKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Compute(float* a, float* b, int paddedDimension)
        {
            // Safety: both point to paddedDimension floats, a multiple of 16.
            var sum = Vector512<float>.Zero;
            for (var i = 0; i < paddedDimension; i += 16)
                sum = Add(Vector512.Load(a + i), Vector512.Load(b + i), sum);
            return -Sums.Of(sum);
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
                sum0 = Add(query, Vector512.Load(b0 + i), sum0);
                sum1 = Add(query, Vector512.Load(b1 + i), sum1);
                sum2 = Add(query, Vector512.Load(b2 + i), sum2);
                sum3 = Add(query, Vector512.Load(b3 + i), sum3);
            }

            return -Sums.OfFour(sum0, sum1, sum2, sum3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<float> Add(Vector512<float> a, Vector512<float> b, Vector512<float> sum) =>
            Vector512.FusedMultiplyAdd(a, b, sum);
    }
}
