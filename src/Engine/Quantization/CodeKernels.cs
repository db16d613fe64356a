using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VectorCluster.Engine.Quantization;

/// <summary>Kernels over codes of 4 bits; see <see cref="ICodeKernel"/>.</summary>
internal static unsafe class FourBitKernels
{
    private const byte LowHalf = 0x0F;

    /// <summary>Blocks whose sums fit 16 bits: each adds at most 2 · 2 · 15 · 127 to an element.</summary>
    private const int BlocksPerSum = 4;

    public readonly struct Scalar : ICodeKernel
    {
        public static int Sum(sbyte* query, byte* code, int blocks)
        {
            var bytes = blocks * CodeStore.BlockBytes;
            var sum = 0;
            for (var i = 0; i < bytes; i++)
                sum += ((code[i] & LowHalf) * query[i]) + ((code[i] >> 4) * query[bytes + i]);
            return sum;
        }

        public static Vector128<int> SumFour(
            sbyte* query, byte* code0, byte* code1, byte* code2, byte* code3, int blocks) => Vector128.Create(
                Sum(query, code0, blocks),
                Sum(query, code1, blocks),
                Sum(query, code2, blocks),
                Sum(query, code3, blocks));
    }

    /// <summary>AVX2.</summary>
    public readonly struct Wide256 : ICodeKernel
    {
        private const int Bytes = 32;

        public static bool IsSupported => Avx2.IsSupported;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Sum(sbyte* query, byte* code, int blocks)
        {
            // Safety: reads what the interface says is there.
            var bytes = blocks * CodeStore.BlockBytes;
            var total = Vector256<int>.Zero;
            for (var i = 0; i < bytes; i += Bytes)
            {
                var both = Avx2.Add(Low(query + i, code + i), High(query + bytes + i, code + i));
                total += Avx2.MultiplyAddAdjacent(both, Vector256<short>.One);
            }

            return Vector256.Sum(total);
        }

        public static Vector128<int> SumFour(
            sbyte* query, byte* code0, byte* code1, byte* code2, byte* code3, int blocks) => Vector128.Create(
                Sum(query, code0, blocks),
                Sum(query, code1, blocks),
                Sum(query, code2, blocks),
                Sum(query, code3, blocks));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<short> Low(sbyte* query, byte* code) => Avx2.MultiplyAddAdjacent(
            Vector256.Load(code) & Vector256.Create(LowHalf), Vector256.Load(query));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<short> High(sbyte* query, byte* code) => Avx2.MultiplyAddAdjacent(
            (Vector256.Load(code).AsUInt16() >> 4).AsByte() & Vector256.Create(LowHalf), Vector256.Load(query));
    }

    /// <summary>AVX-512 BW.</summary>
    public readonly struct Wide512 : ICodeKernel
    {
        public static bool IsSupported => Avx512BW.IsSupported;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Sum(sbyte* query, byte* code, int blocks)
        {
            // Safety: reads what the interface says is there.
            var bytes = blocks * CodeStore.BlockBytes;
            var total = Vector512<int>.Zero;
            for (var i = 0; i < bytes; i += CodeStore.BlockBytes)
                total += Avx512BW.MultiplyAddAdjacent(
                    Products(Vector512.Load(query + i), Vector512.Load(query + bytes + i), code + i),
                    Vector512<short>.One);
            return Vector512.Sum(total);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> SumFour(
            sbyte* query, byte* code0, byte* code1, byte* code2, byte* code3, int blocks)
        {
            // Safety: as Sum.
            var bytes = blocks * CodeStore.BlockBytes;
            var (total0, total1) = (Vector512<int>.Zero, Vector512<int>.Zero);
            var (total2, total3) = (Vector512<int>.Zero, Vector512<int>.Zero);
            for (var start = 0; start < bytes;)
            {
                var end = Math.Min(bytes, start + (BlocksPerSum * CodeStore.BlockBytes));
                var (sum0, sum1) = (Vector512<short>.Zero, Vector512<short>.Zero);
                var (sum2, sum3) = (Vector512<short>.Zero, Vector512<short>.Zero);
                for (; start < end; start += CodeStore.BlockBytes)
                {
                    var (low, high) = (Vector512.Load(query + start), Vector512.Load(query + bytes + start));
                    sum0 += Products(low, high, code0 + start);
                    sum1 += Products(low, high, code1 + start);
                    sum2 += Products(low, high, code2 + start);
                    sum3 += Products(low, high, code3 + start);
                }

                total0 += Avx512BW.MultiplyAddAdjacent(sum0, Vector512<short>.One);
                total1 += Avx512BW.MultiplyAddAdjacent(sum1, Vector512<short>.One);
                total2 += Avx512BW.MultiplyAddAdjacent(sum2, Vector512<short>.One);
                total3 += Avx512BW.MultiplyAddAdjacent(sum3, Vector512<short>.One);
            }

            return OfFour(Halved(total0), Halved(total1), Halved(total2), Halved(total3));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector512<short> Products(Vector512<sbyte> low, Vector512<sbyte> high, byte* code)
        {
            var bytes = Vector512.Load(code);
            var lowCodes = bytes & Vector512.Create(LowHalf);
            var highCodes = (bytes.AsUInt16() >> 4).AsByte() & Vector512.Create(LowHalf);
            return Avx512BW.MultiplyAddAdjacent(lowCodes, low) + Avx512BW.MultiplyAddAdjacent(highCodes, high);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<int> Halved(Vector512<int> sum)
        {
            var half = sum.GetLower() + sum.GetUpper();
            return half.GetLower() + half.GetUpper();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<int> OfFour(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d) =>
            Ssse3.HorizontalAdd(Ssse3.HorizontalAdd(a, b), Ssse3.HorizontalAdd(c, d));
    }
}
