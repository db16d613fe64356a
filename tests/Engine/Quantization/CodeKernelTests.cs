using VectorCluster.Engine.Quantization;

namespace VectorCluster.Engine.Tests.Quantization;

/// <summary>Kernels over codes of each width against the scalar one: the sums are whole numbers, so all must be
/// equal.</summary>
public sealed unsafe class CodeKernelTests
{
    private const int MostBlocks = 17;

    public static TheoryData<int> Blocks => [1, 2, 3, 4, 5, 7, 10, 11, 16, MostBlocks];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Kernels_agree_with_the_scalar_oracle(int blocks)
    {
        AssertAgree<Bits1>(blocks);
        AssertAgree<Bits2>(blocks);
        AssertAgree<Bits4>(blocks);
        AssertAgree<Bits8>(blocks);
    }

    // Goal: no sum of 16 bits overflows or saturates. Method: the largest element and the largest code everywhere.
    [Theory]
    [MemberData(nameof(Blocks))]
    public void Largest_sums_are_exact(int blocks)
    {
        AssertLargest<Bits1>(blocks);
        AssertLargest<Bits2>(blocks);
        AssertLargest<Bits4>(blocks);
        AssertLargest<Bits8>(blocks);
    }

    private static CodeWidth WidthOf<TWidth>()
        where TWidth : struct, ICodeWidth => new(TWidth.Bits);

    private static void AssertAgree<TWidth>(int blocks)
        where TWidth : struct, ICodeWidth
    {
        var random = new Random(blocks);
        var codes = new byte[4 * blocks * CodeStore.BlockBytes];
        random.NextBytes(codes);
        var elements = new sbyte[WidthOf<TWidth>().Parts * blocks * CodeStore.BlockBytes];
        var largest = WidthOf<TWidth>().MaxElement;
        for (var i = 0; i < elements.Length; i++) elements[i] = (sbyte)random.Next(-largest, largest + 1);
        AssertAll<TWidth>(elements, codes, blocks, expected: null);
    }

    private static void AssertLargest<TWidth>(int blocks)
        where TWidth : struct, ICodeWidth
    {
        var codes = new byte[4 * blocks * CodeStore.BlockBytes];
        Array.Fill(codes, byte.MaxValue);
        var elements = new sbyte[WidthOf<TWidth>().Parts * blocks * CodeStore.BlockBytes];
        foreach (var sign in (ReadOnlySpan<int>)[1, -1])
        {
            var element = sign * WidthOf<TWidth>().MaxElement;
            Array.Fill(elements, (sbyte)element);
            AssertAll<TWidth>(elements, codes, blocks, elements.Length * WidthOf<TWidth>().MaxCode * element);
        }
    }

    private static void AssertAll<TWidth>(sbyte[] elements, byte[] codes, int blocks, int? expected)
        where TWidth : struct, ICodeWidth
    {
        AssertKernel<TWidth, ScalarCodes<TWidth>>(elements, codes, blocks, expected);
        if (Wide256Codes<TWidth>.IsSupported)
            AssertKernel<TWidth, Wide256Codes<TWidth>>(elements, codes, blocks, expected);
        if (Wide512Codes<TWidth>.IsSupported)
            AssertKernel<TWidth, Wide512Codes<TWidth>>(elements, codes, blocks, expected);
    }

    private static void AssertKernel<TWidth, TKernel>(sbyte[] elements, byte[] codes, int blocks, int? expected)
        where TWidth : struct, ICodeWidth
        where TKernel : struct, ICodeKernel
    {
        fixed (sbyte* query = elements)
        fixed (byte* code = codes)
        {
            var bytes = blocks * CodeStore.BlockBytes;
            var four = TKernel.SumFour(query, code, code + bytes, code + (2 * bytes), code + (3 * bytes), blocks);
            for (var i = 0; i < 4; i++)
            {
                var right = expected ?? ScalarCodes<TWidth>.Sum(query, code + (i * bytes), blocks);
                Assert.Equal(right, TKernel.Sum(query, code + (i * bytes), blocks));
                Assert.Equal(right, four[i]);
            }
        }
    }
}
