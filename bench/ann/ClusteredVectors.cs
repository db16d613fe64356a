namespace VectorCluster.Ann.Bench;

/// <summary>Made-up vectors like those of text: clusters of unequal size, each filling about 30 of the dimensions, in a
/// direction of its own, and a little noise in all.</summary>
internal sealed class ClusteredVectors(int dimension, int seed)
{
    private const int Clusters = 200;
    private const int IntrinsicDimension = 30;
    private const float Spread = 0.6f;
    private const float Noise = 0.05f;

    private readonly Random _random = new(seed);

    /// <returns>float32[count][dimension], not normalized.</returns>
    public float[] Make(int count)
    {
        var centres = Gaussians(Clusters * dimension, 1);
        var bases = Gaussians(Clusters * IntrinsicDimension * dimension, Spread);
        var vectors = new float[(long)count * dimension];
        for (var i = 0; i < count; i++)
        {
            var cluster = (int)(_random.NextDouble() * _random.NextDouble() * Clusters);
            var vector = vectors.AsSpan(i * dimension, dimension);
            centres.AsSpan(cluster * dimension, dimension).CopyTo(vector);
            for (var axis = 0; axis < IntrinsicDimension; axis++)
            {
                var at = ((cluster * IntrinsicDimension) + axis) * dimension;
                var weight = Gaussian();
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(
                    bases.AsSpan(at, dimension), weight, vector, vector);
            }

            for (var j = 0; j < dimension; j++) vector[j] += Noise * Gaussian();
        }

        return vectors;
    }

    private float[] Gaussians(int count, float deviation)
    {
        var numbers = new float[count];
        for (var i = 0; i < count; i++) numbers[i] = deviation * Gaussian();
        return numbers;
    }

    /// <summary>About normal: the sum of four uniform numbers, of mean 0 and deviation 1.</summary>
    private float Gaussian()
    {
        var sum = _random.NextSingle() + _random.NextSingle() + _random.NextSingle() + _random.NextSingle();
        return (sum - 2) * 1.7320508f;
    }
}
