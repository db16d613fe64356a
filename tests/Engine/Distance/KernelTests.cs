using System.Runtime.Intrinsics;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;

namespace VectorCluster.Engine.Tests.Distance;

/// <summary>Every kernel that this processor has, against the scalar one. One that it lacks makes no case.</summary>
public sealed unsafe class KernelTests
{
    private delegate float Kernel(float* a, float* b, int paddedDimension);

    private delegate Vector128<float> FourKernel(
        float* a, float* b0, float* b1, float* b2, float* b3, int paddedDimension);

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            var kernels = new[] { "L2/256", "L2/512", "Dot/256", "Dot/512", "L1/256", "L1/512" };
            foreach (var kernel in kernels.Where(kernel => InstructionSets.IsSupported(Find(kernel).Set)))
                foreach (var dimension in new[] { 1, 7, 16, 17, 100, 128, 768, 1537 })
                    cases.Add(kernel, dimension);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernel_agrees_with_the_scalar_oracle(string name, int dimension)
    {
        var (kernel, oracle, _) = Find(name);
        var random = new Random(dimension);
        using var left = new SearchScratch();
        using var right = new SearchScratch();
        for (var round = 0; round < 20; round++)
        {
            var a = left.LoadQuery(RandomVector(random, dimension), DistanceMetric.Euclidean);
            var b = right.LoadQuery(RandomVector(random, dimension), DistanceMetric.Euclidean);
            var expected = oracle(a, b, OrderValue.PaddedDimension(dimension));
            var actual = kernel(a, b, OrderValue.PaddedDimension(dimension));
            Assert.True(
                Math.Abs(expected - actual) <= 1e-4f * Math.Max(1, dimension), $"{actual} instead of {expected}");
        }
    }

    // Goal: a place has the same distance whether a search came by it alone or among others. Method: bit by bit.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Four_at_once_are_each_what_one_alone_is(string name, int dimension)
    {
        var (kernel, _, _) = Find(name);
        var padded = OrderValue.PaddedDimension(dimension);
        var random = new Random(dimension);
        var scratches = Enumerable.Range(0, 5).Select(_ => new SearchScratch()).ToList();
        var vectors = new float*[5];
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] = scratches[i].LoadQuery(RandomVector(random, dimension), DistanceMetric.Euclidean);
        var four = FindFour(name)(vectors[0], vectors[1], vectors[2], vectors[3], vectors[4], padded);
        for (var i = 0; i < 4; i++) Assert.Equal(kernel(vectors[0], vectors[i + 1], padded), four[i]);
        scratches.ForEach(scratch => scratch.Dispose());
    }

    [Fact]
    public void Order_values_become_the_distances_that_users_see()
    {
        Assert.Equal(5, OrderValue.ToDistance(DistanceMetric.Euclidean, 25));
        Assert.Equal(0.25f, OrderValue.ToDistance(DistanceMetric.Cosine, -0.75f));
        Assert.Equal(-3, OrderValue.ToDistance(DistanceMetric.Dot, -3));
        Assert.Equal(7, OrderValue.ToDistance(DistanceMetric.Manhattan, 7));
    }

    [Theory]
    [InlineData(3e-30f)]
    [InlineData(1f)]
    [InlineData(1e16f)]
    public void Normalized_vector_has_length_1_at_any_scale(float scale)
    {
        float[] vector = [3 * scale, -4 * scale];
        Normalization.Normalize(vector);
        Assert.Equal(0.6f, vector[0], 5);
        Assert.Equal(-0.8f, vector[1], 5);
    }

    [Fact]
    public void Zero_vector_stays_zero()
    {
        float[] vector = [0, 0, 0];
        Normalization.Normalize(vector);
        Assert.Equal([0, 0, 0], vector);
    }

    [Fact]
    public void Forced_instruction_set_is_taken_or_refused_by_name()
    {
        Assert.Equal(InstructionSet.Scalar, InstructionSets.Choose("scalar"));
        Assert.Throws<NotSupportedException>(() => InstructionSets.Choose("Vector1024"));
        Assert.True(InstructionSets.IsSupported(InstructionSets.Choose(null)));
    }

    private static float[] RandomVector(Random random, int dimension)
    {
        var vector = new float[dimension];
        for (var i = 0; i < dimension; i++) vector[i] = (random.NextSingle() * 2) - 1;
        return vector;
    }

    private static FourKernel FindFour(string name) => name switch
    {
        "L2/256" => Wide256<SquaredL2>.ComputeFour,
        "L2/512" => Wide512<SquaredL2>.ComputeFour,
        "Dot/256" => Wide256<NegativeDot>.ComputeFour,
        "Dot/512" => Wide512<NegativeDot>.ComputeFour,
        "L1/256" => Wide256<L1>.ComputeFour,
        _ => Wide512<L1>.ComputeFour,
    };

    private static (Kernel Kernel, Kernel Oracle, InstructionSet Set) Find(string name) => name switch
    {
        "L2/256" => (Wide256<SquaredL2>.Compute, Scalar<SquaredL2>.Compute, InstructionSet.Vector256),
        "L2/512" => (Wide512<SquaredL2>.Compute, Scalar<SquaredL2>.Compute, InstructionSet.Vector512),
        "Dot/256" => (Wide256<NegativeDot>.Compute, Scalar<NegativeDot>.Compute, InstructionSet.Vector256),
        "Dot/512" => (Wide512<NegativeDot>.Compute, Scalar<NegativeDot>.Compute, InstructionSet.Vector512),
        "L1/256" => (Wide256<L1>.Compute, Scalar<L1>.Compute, InstructionSet.Vector256),
        _ => (Wide512<L1>.Compute, Scalar<L1>.Compute, InstructionSet.Vector512),
    };
}
