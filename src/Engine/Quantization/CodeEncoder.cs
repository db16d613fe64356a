using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Quantization;

/// <summary>Makes codes of 4 bits a coordinate; see <see cref="CodeStore"/>.</summary>
internal static unsafe class FourBitCode
{
    /// <summary>Of each coordinate's code: it stands for the code less this.</summary>
    public const float Middle = 7.5f;

    private const int Lanes = 16;

    /// <summary>Widths that are tried, in standard deviations of the coordinates: 0.335 is best for a normal
    /// distribution.</summary>
    private const float NarrowestWidth = 0.22f;

    private const float WidthStep = 0.02f;
    private const int Widths = 12;

    /// <param name="vector">float32[dimension], rotated.</param>
    /// <param name="dimension">A multiple of 16.</param>
    /// <param name="record">dimension / 2 bytes of code and two floats.</param>
    public static void Encode(float* vector, int dimension, byte* record)
    {
        // Safety: reads dimension floats and writes dimension / 2 + 8 bytes.
        var squares = Vector512<float>.Zero;
        for (var i = 0; i < dimension; i += Lanes)
            squares += Vector512.Load(vector + i) * Vector512.Load(vector + i);
        var norm = Vector512.Sum(squares);
        var half = dimension / 2;
        var inverse = norm > 0 ? BestInverseWidth(vector, dimension, MathF.Sqrt(norm / dimension)) : 0;
        var dot = 0f;
        for (var i = 0; i < half; i++)
        {
            var (low, high) = (CodeOf(vector[i] * inverse), CodeOf(vector[i + half] * inverse));
            dot += ((low - Middle) * vector[i]) + ((high - Middle) * vector[i + half]);
            record[i] = (byte)(low | (high << 4));
        }

        var factors = (float*)(record + half);
        factors[0] = dot > 0 ? norm / dot : 0;
        factors[1] = norm;
    }

    private static int CodeOf(float steps) => (int)MathF.Floor(Math.Clamp(steps, -8, 7)) + 8;

    /// <summary>The width under which the code's direction is nearest to the vector's.</summary>
    private static float BestInverseWidth(float* vector, int dimension, float deviation)
    {
        var (best, bestInverse) = (-1f, 0f);
        for (var step = 0; step < Widths; step++)
        {
            var inverse = 1 / (deviation * (NarrowestWidth + (step * WidthStep)));
            var (dots, squares) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var i = 0; i < dimension; i += Lanes)
            {
                var element = Vector512.Load(vector + i);
                var steps = Vector512.Floor(element * inverse);
                steps = Vector512.Min(Vector512.Max(steps, Vector512.Create(-8f)), Vector512.Create(7f));
                var value = steps + Vector512.Create(0.5f);
                dots += value * element;
                squares += value * value;
            }

            var cosine = Vector512.Sum(dots) / MathF.Sqrt(Vector512.Sum(squares));
            if (cosine > best) (best, bestInverse) = (cosine, inverse);
        }

        return bestInverse;
    }
}
