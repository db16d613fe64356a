using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Quantization;

/// <summary>A fixed random rotation: afterwards every coordinate of a vector carries about the same share of it, so a
/// few bits a coordinate describe it well (arXiv:2405.12497).</summary>
/// <remarks>
/// Rounds of random signs and a fast Hadamard transform: n·log n steps instead of a matrix's n². Where the dimension is
/// no power of two the transform covers the start in one round and the end in the next, and both halves are mixed in
/// between. Codes are stored, so what this computes is part of the format (docs/formats/shard.md); it uses only
/// additions and multiplications by constants, in one order, and gives the same bits everywhere.
/// </remarks>
internal sealed unsafe class Rotation
{
    private const int Rounds = 4;
    private const int Lanes = 16;
    private const ulong Seed = 0x0DD5_E7F1;
    private const float RootHalf = 0.70710678f;

    private readonly int _dimension;
    private readonly int _power;
    private readonly float[] _signs; // of each round; the transform's scale is in them

    /// <param name="paddedDimension">A multiple of 16.</param>
    public Rotation(int paddedDimension)
    {
        _dimension = paddedDimension;
        _power = 1 << BitOperations.Log2((uint)paddedDimension);
        _signs = new float[Rounds * paddedDimension];
        var state = Seed;
        for (var i = 0; i < _signs.Length; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            _signs[i] = (state >> 63) == 0 ? 1 : -1;
        }
    }

    /// <param name="vector">float32[paddedDimension]; becomes the rotated one, of the same length.</param>
    public void Apply(float* vector)
    {
        // Safety: all loads lie in paddedDimension floats, a multiple of 16 as are the power of two and the rest.
        var scale = 1 / MathF.Sqrt(_power);
        for (var round = 0; round < Rounds; round++)
        {
            var start = (round & 1) == 0 ? vector : vector + _dimension - _power;
            fixed (float* signs = &_signs[round * _dimension])
            {
                for (var i = 0; i < _dimension; i += Lanes)
                    (Vector512.Load(vector + i) * Vector512.Load(signs + i)).Store(vector + i);
            }

            Transform(start, _power, scale);
            if (_power != _dimension) MixHalves(vector);
        }
    }

    private static void Transform(float* vector, int count, float scale)
    {
        for (var half = Lanes; half < count; half *= 2)
        {
            for (var block = 0; block < count; block += 2 * half)
            {
                for (var i = block; i < block + half; i += Lanes)
                {
                    var (low, high) = (Vector512.Load(vector + i), Vector512.Load(vector + i + half));
                    (low + high).Store(vector + i);
                    (low - high).Store(vector + i + half);
                }
            }
        }

        for (var i = 0; i < count; i += Lanes)
            (WithinLanes(Vector512.Load(vector + i)) * Vector512.Create(scale)).Store(vector + i);
    }

    /// <summary>The steps of the transform between the elements of one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> WithinLanes(Vector512<float> v)
    {
        v = Vector512.Shuffle(v, Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14))
            + (v * Vector512.Create(1f, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1));
        v = Vector512.Shuffle(v, Vector512.Create(2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13))
            + (v * Vector512.Create(1f, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1));
        v = Vector512.Shuffle(v, Vector512.Create(4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11))
            + (v * Vector512.Create(1f, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1));
        return Vector512.Shuffle(v, Vector512.Create(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7))
            + (v * Vector512.Create(1f, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1));
    }

    private void MixHalves(float* vector)
    {
        var half = _dimension / 2; // a multiple of 8
        for (var i = 0; i < half; i += 8)
        {
            var (low, high) = (Vector256.Load(vector + i), Vector256.Load(vector + i + half));
            ((low + high) * RootHalf).Store(vector + i);
            ((low - high) * RootHalf).Store(vector + i + half);
        }
    }
}
