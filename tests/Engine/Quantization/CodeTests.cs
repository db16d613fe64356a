using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Memory;
using VectorCluster.Engine.Quantization;

namespace VectorCluster.Engine.Tests.Quantization;

/// <summary>What codes of each width say of distances, against the vectors.</summary>
public sealed unsafe class CodeTests
{
    public static TheoryData<int> Dimensions => [1, 7, 16, 17, 100, 128, 130, 768, 1537];

    /// <summary>With the mean error that is allowed, in standard deviations of the order values: of b bits there are 2ᵇ
    /// steps; of 8 bits most of it is the query's.</summary>
    public static TheoryData<int, double, int, DistanceMetric> Widths
    {
        get
        {
            var widths = new TheoryData<int, double, int, DistanceMetric>();
            foreach (var (bits, error) in (ReadOnlySpan<(int, double)>)[(1, 0.85), (2, 0.42), (4, 0.13), (8, 0.03)])
            {
                widths.Add(bits, error, 100, DistanceMetric.Cosine);
                widths.Add(bits, error, 100, DistanceMetric.Dot);
                widths.Add(bits, error, 100, DistanceMetric.Euclidean);
                widths.Add(bits, error, 768, DistanceMetric.Cosine);
                widths.Add(bits, error, 768, DistanceMetric.Euclidean);
                widths.Add(bits, error, 130, DistanceMetric.Dot);
            }

            return widths;
        }
    }

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Rotation_keeps_lengths_and_angles(int dimension)
    {
        using var codes = NewCodes(dimension, bits: 4, out var store);
        using var first = new SearchScratch();
        using var second = new SearchScratch();
        var (a, b) = (Random(dimension, 1), Random(dimension, 2));
        var rotatedA = first.CodeQuery.Rotate(first.LoadQuery(a, DistanceMetric.Dot), store);
        var rotatedB = second.CodeQuery.Rotate(second.LoadQuery(b, DistanceMetric.Dot), store);
        Assert.Equal(Dot(a, a), Dot(rotatedA, rotatedA, store), 1e-3 * dimension);
        Assert.Equal(Dot(a, b), Dot(rotatedA, rotatedB, store), 1e-3 * dimension);
    }

    // Goal: a walk by codes goes the way that a walk by vectors would, and without bias.
    [Theory]
    [MemberData(nameof(Widths))]
    public void Codes_give_nearly_the_order_values_of_the_vectors(
        int bits, double allowed, int dimension, DistanceMetric metric) =>
        AssertNear(dimension, bits, metric, allowed, (query, vector, codes) => query.Load(vector, codes, metric));

    // Goal: graphs are built by codes alone. Method: as above, a stored code being the query: both sides err.
    [Theory]
    [MemberData(nameof(Widths))]
    public void Codes_give_nearly_the_order_values_of_codes(
        int bits, double allowed, int dimension, DistanceMetric metric) =>
        AssertNear(dimension, bits, metric, 1.5 * allowed, (query, vector, codes) =>
        {
            codes.Write(0, query.Rotate(vector, codes));
            query.LoadCode(codes[0], codes, metric);
        });

    private delegate void LoadQuery(CodeQuery query, float* vector, CodeStore codes);

    private static void AssertNear(int dimension, int bits, DistanceMetric metric, double allowed, LoadQuery load)
    {
        const int Count = 400;
        using var region = NewCodes(dimension, bits, out var codes);
        using var query = new SearchScratch();
        using var other = new SearchScratch();
        codes.Grow(Count + 1);
        var vector = query.LoadQuery(Random(dimension, 0), metric);
        load(query.CodeQuery, vector, codes);
        var (exact, near) = (new double[Count], new double[Count]);
        for (var i = 0; i < Count; i++)
        {
            var point = other.LoadQuery(Random(dimension, i + 1), metric);
            codes.Write(i + 1, other.CodeQuery.Rotate(point, codes));
            var padded = codes.PaddedDimension;
            exact[i] = metric == DistanceMetric.Euclidean
                ? Scalar<SquaredL2>.Compute(vector, point, padded)
                : Scalar<NegativeDot>.Compute(vector, point, padded);
            near[i] = OrderOf(bits, query.CodeQuery, codes, i + 1);
        }

        var mean = exact.Average();
        var deviation = Math.Sqrt(exact.Average(value => (value - mean) * (value - mean)));
        var error = Math.Sqrt(exact.Zip(near).Average(pair => Math.Pow(pair.First - pair.Second, 2)));
        Assert.True(error < allowed * deviation, $"error {error / deviation} deviations");
        Assert.Equal(0, exact.Zip(near).Average(pair => pair.First - pair.Second), 0.2 * allowed * deviation);
    }

    private static double OrderOf(int bits, CodeQuery query, CodeStore codes, int place) => bits switch
    {
        1 => new CodeScorer<ScalarCodes<Bits1>>(query, codes).OrderOf(codes[place]),
        2 => new CodeScorer<ScalarCodes<Bits2>>(query, codes).OrderOf(codes[place]),
        4 => new CodeScorer<ScalarCodes<Bits4>>(query, codes).OrderOf(codes[place]),
        _ => new CodeScorer<ScalarCodes<Bits8>>(query, codes).OrderOf(codes[place]),
    };

    private static Region NewCodes(int dimension, int bits, out CodeStore codes)
    {
        var region = CodeStore.NewRegion(1, dimension, new(bits));
        codes = new(region, dimension, new(bits));
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
