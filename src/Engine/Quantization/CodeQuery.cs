using System.Runtime.InteropServices;
using VectorCluster.Engine.Distance;

namespace VectorCluster.Engine.Quantization;

/// <summary>A query made ready for codes: rotated, and its coordinates as 8-bit integers.</summary>
internal sealed unsafe class CodeQuery : IDisposable
{
    private const int MaxElement = 127;

    private float* _rotated;
    private sbyte* _elements;
    private int _capacity;

    /// <summary>The low half of the coordinates, then the high half, each padded with zeros to whole blocks.</summary>
    public sbyte* Elements => _elements;

    /// <summary>order value = Base + NormWeight·|x|² + Factor·|x|²/(x·y)·(S − Offset), S being the sum of products of
    /// codes and elements.</summary>
    public float Base { get; private set; }

    public float NormWeight { get; private set; }

    public float Factor { get; private set; }

    public float Offset { get; private set; }

    /// <param name="query">float32[PaddedDimension of the codes].</param>
    public void Load(float* query, CodeStore codes, DistanceMetric metric)
    {
        var rotated = Rotate(query, codes);
        var (largest, norm) = (0f, 0f);
        for (var i = 0; i < codes.PaddedDimension; i++)
        {
            largest = Math.Max(largest, Math.Abs(rotated[i]));
            norm += rotated[i] * rotated[i];
        }

        var step = largest > 0 ? largest / MaxElement : 1;
        var sum = 0;
        var (half, blocks) = (codes.CodeBytes, BlocksOf(codes) * CodeStore.BlockBytes);
        NativeMemory.Clear(_elements, (nuint)(2 * blocks));
        for (var i = 0; i < half; i++)
        {
            _elements[i] = (sbyte)MathF.Round(rotated[i] / step);
            _elements[blocks + i] = (sbyte)MathF.Round(rotated[half + i] / step);
            sum += _elements[i] + _elements[blocks + i];
        }

        var isEuclidean = metric == DistanceMetric.Euclidean;
        (Base, NormWeight) = isEuclidean ? (norm, 1) : (0, 0);
        Factor = isEuclidean ? -2 * step : -step;
        Offset = FourBitCode.Middle * sum;
    }

    /// <returns>The rotated copy of a vector, until the next call.</returns>
    public float* Rotate(float* vector, CodeStore codes)
    {
        EnsureCapacity(codes);
        new ReadOnlySpan<float>(vector, codes.PaddedDimension).CopyTo(new(_rotated, codes.PaddedDimension));
        codes.Rotation.Apply(_rotated);
        return _rotated;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_rotated);
        NativeMemory.AlignedFree(_elements);
        _rotated = null;
        _elements = null;
        _capacity = 0;
    }

    public static int BlocksOf(CodeStore codes) =>
        (codes.CodeBytes + CodeStore.BlockBytes - 1) / CodeStore.BlockBytes;

    private void EnsureCapacity(CodeStore codes)
    {
        if (_capacity >= codes.PaddedDimension) return;
        Dispose();
        _capacity = codes.PaddedDimension;
        _rotated = (float*)NativeMemory.AlignedAlloc((nuint)_capacity * sizeof(float), 64);
        _elements = (sbyte*)NativeMemory.AlignedAlloc((nuint)(2 * BlocksOf(codes) * CodeStore.BlockBytes), 64);
    }
}
