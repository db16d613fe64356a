using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VectorCluster.Engine.Quantization;

/// <summary>Without vector instructions; the oracle of the others.</summary>
internal readonly unsafe struct ScalarCodes<TWidth> : ICodeKernel
    where TWidth : struct, ICodeWidth
{
    public static bool IsSupported => true;

    public static int Sum(sbyte* query, byte* code, int blocks)
    {
        var bytes = blocks * CodeStore.BlockBytes;
        var sum = 0;
        for (var part = 0; part < 8 / TWidth.Bits; part++)
            for (var i = 0; i < bytes; i++)
                sum += ((code[i] >> (part * TWidth.Bits)) & ((1 << TWidth.Bits) - 1)) * query[(part * bytes) + i];
        return sum;
    }

    public static Vector128<int> SumFour(
        sbyte* query, byte* code0, byte* code1, byte* code2, byte* code3, int blocks) =>
        CodeSums.OneByOne<ScalarCodes<TWidth>>(query, code0, code1, code2, code3, blocks);
}

/// <summary>AVX2.</summary>
internal readonly unsafe struct Wide256Codes<TWidth> : ICodeKernel
    where TWidth : struct, ICodeWidth
{
    private const int Bytes = 32;

    public static bool IsSupported => Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(sbyte* query, byte* code, int blocks)
    {
        // Safety: reads what the interface says is there.
        var bytes = blocks * CodeStore.BlockBytes;
        var total = Vector256<int>.Zero;
        for (var start = 0; start < bytes;)
        {
            var end = Math.Min(bytes, start + (new CodeWidth(TWidth.Bits).LoadsPerSum * Bytes));
            var sum = Vector256<short>.Zero;
            for (; start < end; start += Bytes)
            {
                var codes = Vector256.Load(code + start);
                for (var part = 0; part < 8 / TWidth.Bits; part++)
                {
                    var elements = Vector256.Load(query + (part * bytes) + start);
                    sum += Avx2.MultiplyAddAdjacent(codes & Vector256.Create((byte)((1 << TWidth.Bits) - 1)), elements);
                    codes = (codes.AsUInt16() >> TWidth.Bits).AsByte();
                }
            }

            total += Avx2.MultiplyAddAdjacent(sum, Vector256<short>.One);
        }

        return Vector256.Sum(total);
    }

    public static Vector128<int> SumFour(
        sbyte* query, byte* code0, byte* code1, byte* code2, byte* code3, int blocks) =>
        CodeSums.OneByOne<Wide256Codes<TWidth>>(query, code0, code1, code2, code3, blocks);
}

/// <summary>AVX-512 BW.</summary>
internal readonly unsafe struct Wide512Codes<TWidth> : ICodeKernel
    where TWidth : struct, ICodeWidth
{
    public static bool IsSupported => Avx512BW.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(sbyte* query, byte* code, int blocks)
    {
        // Safety: reads what the interface says is there.
        var bytes = blocks * CodeStore.BlockBytes;
        var total = Vector512<int>.Zero;
        for (var i = 0; i < bytes; i += CodeStore.BlockBytes)
            total += Avx512BW.MultiplyAddAdjacent(Products(query + i, bytes, code + i), Vector512<short>.One);
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
            var end = Math.Min(bytes, start + (new CodeWidth(TWidth.Bits).LoadsPerSum * CodeStore.BlockBytes));
            var (sum0, sum1) = (Vector512<short>.Zero, Vector512<short>.Zero);
            var (sum2, sum3) = (Vector512<short>.Zero, Vector512<short>.Zero);
            for (; start < end; start += CodeStore.BlockBytes)
            {
                sum0 += Products(query + start, bytes, code0 + start);
                sum1 += Products(query + start, bytes, code1 + start);
                sum2 += Products(query + start, bytes, code2 + start);
                sum3 += Products(query + start, bytes, code3 + start);
            }

            total0 += Avx512BW.MultiplyAddAdjacent(sum0, Vector512<short>.One);
            total1 += Avx512BW.MultiplyAddAdjacent(sum1, Vector512<short>.One);
            total2 += Avx512BW.MultiplyAddAdjacent(sum2, Vector512<short>.One);
            total3 += Avx512BW.MultiplyAddAdjacent(sum3, Vector512<short>.One);
        }

        return CodeSums.OfFour(total0, total1, total2, total3);
    }

    /// <summary>Of one block: written out, as the JIT unrolls no loop whose shifts would have to be
    /// constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Products(sbyte* query, int stride, byte* code)
    {
        var codes = Vector512.Load(code);
        var sum = Of(codes, query);
        if (TWidth.Bits <= 4) sum += Of(Shifted(codes, TWidth.Bits), query + stride);
        if (TWidth.Bits <= 2)
        {
            sum += Of(Shifted(codes, 2 * TWidth.Bits), query + (2 * stride));
            sum += Of(Shifted(codes, 3 * TWidth.Bits), query + (3 * stride));
        }

        if (TWidth.Bits == 1)
        {
            sum += Of(Shifted(codes, 4), query + (4 * stride));
            sum += Of(Shifted(codes, 5), query + (5 * stride));
            sum += Of(Shifted(codes, 6), query + (6 * stride));
            sum += Of(Shifted(codes, 7), query + (7 * stride));
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Of(Vector512<byte> codes, sbyte* query) => Avx512BW.MultiplyAddAdjacent(
        codes & Vector512.Create((byte)((1 << TWidth.Bits) - 1)), Vector512.Load(query));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Shifted(Vector512<byte> codes, int bits) => (codes.AsUInt16() >> bits).AsByte();
}

/// <summary>What kernels over codes have in common.</summary>
internal static unsafe class CodeSums
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> OneByOne<TKernel>(
        sbyte* query, byte* code0, byte* code1, byte* code2, byte* code3, int blocks)
        where TKernel : struct, ICodeKernel => Vector128.Create(
            TKernel.Sum(query, code0, blocks),
            TKernel.Sum(query, code1, blocks),
            TKernel.Sum(query, code2, blocks),
            TKernel.Sum(query, code3, blocks));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> OfFour(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d) =>
        Ssse3.HorizontalAdd(
            Ssse3.HorizontalAdd(Quartered(a), Quartered(b)), Ssse3.HorizontalAdd(Quartered(c), Quartered(d)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Quartered(Vector512<int> sum)
    {
        var half = sum.GetLower() + sum.GetUpper();
        return half.GetLower() + half.GetUpper();
    }
}
