using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Quantization;

namespace VectorCluster.Engine.Tests.Quantization;

/// <summary>Codes of 4 bits: their kernels against the scalar one, and what they say of distances against the
/// vectors.</summary>
public sealed unsafe class CodeTests
{
    public static TheoryData<int> Dimensions => [1, 7, 16, 17, 100, 128, 130, 768, 1537];

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Rotation_keeps_lengths_and_angles(int dimension)
    {
        using var codes = NewCodes(dimension, out var store);
        using var first = new SearchScratch();
        using var second = new SearchScratch();
        var (a, b) = (Random(dimension, 1), Random(dimension, 2));
        var rotatedA = first.CodeQuery.Rotate(first.LoadQuery(a, DistanceMetric.Dot), store);
        var rotatedB = second.CodeQuery.Rotate(second.LoadQuery(b, DistanceMetric.Dot), store);
        Assert.Equal(Dot(a, a), Dot(rotatedA, rotatedA, store), 1e-3 * dimension);
        Assert.Equal(Dot(a, b), Dot(rotatedA, rotatedB, store), 1e-3 * dimension);
    }

    // Goal: a walk by codes goes the way that a walk by vectors would. Method: the mean error, measured in standard
    // deviations of the order values; 16 steps a coordinate leave about a tenth.
    [Theory]
    [InlineData(100, DistanceMetric.Cosine)]
    [InlineData(100, DistanceMetric.Dot)]
    [InlineData(100, DistanceMetric.Euclidean)]
    [InlineData(768, DistanceMetric.Cosine)]
    [InlineData(768, DistanceMetric.Euclidean)]
    [InlineData(130, DistanceMetric.Dot)]
    public void Codes_give_nearly_the_order_values_of_the_vectors(int dimension, DistanceMetric metric)
    {
        const int Count = 400;
        using var region = NewCodes(dimension, out var codes);
        using var query = new SearchScratch();
        using var other = new SearchScratch();
        codes.Grow(Count);
        var vector = query.LoadQuery(Random(dimension, 0), metric);
        query.CodeQuery.Load(vector, codes, metric);
        var scorer = new CodeScorer<FourBitKernels.Scalar>(query.CodeQuery, codes);
        var (exact, near) = (new double[Count], new double[Count]);
        for (var place = 0; place < Count; place++)
        {
            var point = other.LoadQuery(Random(dimension, place + 1), metric);
            codes.Write(place, other.CodeQuery.Rotate(point, codes));
            var padded = codes.PaddedDimension;
            exact[place] = metric == DistanceMetric.Euclidean
                ? Scalar<SquaredL2>.Compute(vector, point, padded)
                : Scalar<NegativeDot>.Compute(vector, point, padded);
            near[place] = scorer.OrderOf(codes[place]);
        }

        var mean = exact.Average();
        var deviation = Math.Sqrt(exact.Average(value => (value - mean) * (value - mean)));
        var error = Math.Sqrt(exact.Zip(near).Average(pair => Math.Pow(pair.First - pair.Second, 2)));
        Assert.True(error < 0.13 * deviation, $"error {error}, deviation {deviation}");
        Assert.Equal(0, exact.Zip(near).Average(pair => pair.First - pair.Second), 0.03 * deviation);
    }

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Kernels_agree_with_the_scalar_oracle(int dimension)
    {
        const int Count = 4;
        using var region = NewCodes(dimension, out var codes);
        using var scratch = new SearchScratch();
        codes.Grow(Count);
        for (var place = 0; place < Count; place++)
            codes.Write(place, scratch.CodeQuery.Rotate(
                scratch.LoadQuery(Random(dimension, place), DistanceMetric.Dot), codes));
        scratch.CodeQuery.Load(
            scratch.LoadQuery(Random(dimension, 9), DistanceMetric.Dot), codes, DistanceMetric.Dot);
        AssertAgrees<FourBitKernels.Scalar>(scratch.CodeQuery, codes);
        if (FourBitKernels.Wide256.IsSupported) AssertAgrees<FourBitKernels.Wide256>(scratch.CodeQuery, codes);
        if (FourBitKernels.Wide512.IsSupported) AssertAgrees<FourBitKernels.Wide512>(scratch.CodeQuery, codes);
    }

    // Goal: sums of 16 bits do not overflow. Method: the largest element everywhere.
    [Fact]
    public void Largest_sums_are_exact()
    {
        const int Blocks = 9;
        var code = stackalloc byte[Blocks * CodeStore.BlockBytes];
        var query = stackalloc sbyte[2 * Blocks * CodeStore.BlockBytes];
        new Span<byte>(code, Blocks * CodeStore.BlockBytes).Fill(0xFF);
        foreach (var element in new sbyte[] { 127, -127 })
        {
            new Span<sbyte>(query, 2 * Blocks * CodeStore.BlockBytes).Fill(element);
            var expected = 2 * Blocks * CodeStore.BlockBytes * 15 * element;
            Assert.Equal(expected, FourBitKernels.Scalar.Sum(query, code, Blocks));
            if (FourBitKernels.Wide256.IsSupported)
                Assert.Equal(expected, FourBitKernels.Wide256.Sum(query, code, Blocks));
            if (FourBitKernels.Wide512.IsSupported)
                Assert.Equal(expected, FourBitKernels.Wide512.SumFour(query, code, code, code, code, Blocks)[3]);
        }
    }

    private static void AssertAgrees<TKernel>(CodeQuery query, CodeStore codes)
        where TKernel : struct, ICodeKernel
    {
        var blocks = CodeQuery.BlocksOf(codes);
        var four = TKernel.SumFour(query.Elements, codes[0], codes[1], codes[2], codes[3], blocks);
        for (var place = 0; place < 4; place++)
        {
            var expected = FourBitKernels.Scalar.Sum(query.Elements, codes[place], blocks);
            Assert.Equal(expected, TKernel.Sum(query.Elements, codes[place], blocks));
            Assert.Equal(expected, four[place]);
        }
    }

    private static Engine.Memory.Region NewCodes(int dimension, out CodeStore codes)
    {
        var region = CodeStore.NewRegion(1, dimension);
        codes = new(region, dimension);
        return region;
    }

    private static float[] Random(int dimension, int seed)
    {
        var random = new Random(seed);
        var vector = new float[dimension];
        for (var i = 0; i < dimension; i++) vector[i] = (random.NextSingle() * 2) - 1;
        return vector;
    }

    private static double Dot(float[] a, float[] b) => a.Zip(b).Sum(pair => (double)pair.First * pair.Second);

    private static double Dot(float* a, float* b, CodeStore codes)
    {
        var sum = 0d;
        for (var i = 0; i < codes.PaddedDimension; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}
