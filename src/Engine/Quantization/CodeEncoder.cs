using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Quantization;

/// <summary>Makes codes; see <see cref="CodeStore"/>.</summary>
internal static unsafe class CodeEncoder
{
    private const int Lanes = 16;

    /// <summary>Widths of a step that are tried, of the one that is best for a normal distribution.</summary>
    private const float Narrowest = 0.66f;

    private const float WidthStep = 0.06f;
    private const int Widths = 12;

    /// <param name="vector">float32[dimension], rotated.</param>
    /// <param name="dimension">A multiple of 16.</param>
    /// <param name="record">dimension / parts bytes of code and two floats; the codes' bytes are zero.</param>
    public static void Encode(float* vector, int dimension, CodeWidth width, byte* record)
    {
        // Safety: reads dimension floats and writes dimension / parts + 8 bytes.
        var squares = Vector512<float>.Zero;
        for (var i = 0; i < dimension; i += Lanes)
            squares += Vector512.Load(vector + i) * Vector512.Load(vector + i);
        var norm = Vector512.Sum(squares);
        var bytes = dimension / width.Parts;
        var inverse = norm > 0 ? BestInverse(vector, dimension, width, MathF.Sqrt(norm / dimension)) : 0;
        var dot = 0f;
        for (var i = 0; i < bytes; i++)
        {
            var packed = 0;
            for (var part = 0; part < width.Parts; part++)
            {
                var element = vector[(part * bytes) + i];
                var code = CodeOf(element * inverse, width);
                dot += (code - width.Middle) * element;
                packed |= code << (part * width.Bits);
            }

            record[i] = (byte)packed;
        }

        var factors = (float*)(record + bytes);
        factors[0] = dot > 0 ? norm / dot : 0;
        factors[1] = norm;
    }

    private static int CodeOf(float steps, CodeWidth width)
    {
        var half = (width.MaxCode + 1) / 2;
        return (int)MathF.Floor(Math.Clamp(steps, -half, half - 1)) + half;
    }

    /// <summary>Of the width under which the code's direction is nearest to the vector's.</summary>
    private static float BestInverse(float* vector, int dimension, CodeWidth width, float deviation)
    {
        var (best, bestInverse) = (-1f, 0f);
        var half = (width.MaxCode + 1) / 2;
        var (lowest, highest) = (Vector512.Create(-(float)half), Vector512.Create(half - 1f));
        for (var step = 0; step < Widths; step++)
        {
            var inverse = 1 / (deviation * width.BestStep * (Narrowest + (step * WidthStep)));
            var (dots, squares) = (Vector512<float>.Zero, Vector512<float>.Zero);
            for (var i = 0; i < dimension; i += Lanes)
            {
                var element = Vector512.Load(vector + i);
                var steps = Vector512.Floor(element * inverse);
                var value = Vector512.Min(Vector512.Max(steps, lowest), highest) + Vector512.Create(0.5f);
                dots += value * element;
                squares += value * value;
            }

            var cosine = Vector512.Sum(dots) / MathF.Sqrt(Vector512.Sum(squares));
            if (cosine > best) (best, bestInverse) = (cosine, inverse);
        }

        return bestInverse;
    }
}
