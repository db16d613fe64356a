using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Distance;

/// <summary>Manhattan distance, Σ|aᵢ − bᵢ|.</summary>
internal static unsafe class L1
{
    public readonly struct Scalar : IKernel
    {
        public static float Compute(float* a, float* b, int paddedDimension)
        {
            var sum = 0f;
            for (var i = 0; i < paddedDimension; i++) sum += MathF.Abs(a[i] - b[i]);
            return sum;
        }
    }

    public readonly struct Wide256 : IKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Compute(float* a, float* b, int paddedDimension)
        {
            // Safety: both point to paddedDimension floats, a multiple of 16.
            var (even, odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
            for (var i = 0; i < paddedDimension; i += 16)
            {
                even += Vector256.Abs(Vector256.Load(a + i) - Vector256.Load(b + i));
                odd += Vector256.Abs(Vector256.Load(a + i + 8) - Vector256.Load(b + i + 8));
            }

            return Vector256.Sum(even + odd);
        }
    }

    public readonly struct Wide512 : IKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Compute(float* a, float* b, int paddedDimension)
        {
            // Safety: both point to paddedDimension floats, a multiple of 16.
            var sum = Vector512<float>.Zero;
            for (var i = 0; i < paddedDimension; i += 16)
                sum += Vector512.Abs(Vector512.Load(a + i) - Vector512.Load(b + i));
            return Vector512.Sum(sum);
        }
    }
}
