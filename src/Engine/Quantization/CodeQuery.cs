using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using VectorCluster.Engine.Distance;

namespace VectorCluster.Engine.Quantization;

/// <summary>What codes are compared with: a rotated query, or a stored code, as integers.</summary>
internal sealed unsafe class CodeQuery : IDisposable
{
    private float* _rotated;
    private sbyte* _elements;
    private int _rotatedCapacity;
    private int _elementsCapacity;

    /// <summary>int8[parts][blocks · 64]: of each part of a byte the coordinates whose codes it has, padded with zeros
    /// to whole blocks.</summary>
    public sbyte* Elements => _elements;

    /// <summary>order value = Base + NormWeight·|x|² + Factor·|x|²/(x·y)·(S − Offset), S being the sum of products of
    /// codes and elements.</summary>
    public float Base { get; private set; }

    public float NormWeight { get; private set; }

    public float Factor { get; private set; }

    public float Offset { get; private set; }

    /// <param name="query">float32[PaddedDimension of the codes].</param>
    public void Load(float* query, CodeStore codes, DistanceMetric metric) =>
        LoadRotated(Rotate(query, codes), codes, metric);

    /// <param name="rotated">float32[PaddedDimension of the codes].</param>
    public void LoadRotated(float* rotated, CodeStore codes, DistanceMetric metric)
    {
        var (largest, norm) = (0f, 0f);
        for (var i = 0; i < codes.PaddedDimension; i++)
        {
            largest = Math.Max(largest, Math.Abs(rotated[i]));
            norm += rotated[i] * rotated[i];
        }

        var step = largest > 0 ? largest / codes.Width.MaxElement : 1;
        var inverse = 1 / step;
        var stride = ReserveElements(codes);
        var sum = 0;
        NativeMemory.Clear(_elements, (nuint)(codes.Width.Parts * stride));
        for (var part = 0; part < codes.Width.Parts; part++)
        {
            var from = rotated + (part * codes.CodeBytes);
            var to = _elements + (part * stride);
            for (var i = 0; i < codes.CodeBytes; i++)
            {
                to[i] = (sbyte)MathF.Round(from[i] * inverse);
                sum += to[i];
            }
        }

        SetFactors(step, norm, sum, codes.Width, metric);
    }

    /// <summary>Takes a stored vector for the query, as its code has it.</summary>
    public void LoadCode(byte* record, CodeStore codes, DistanceMetric metric)
    {
        // Safety: reads whole blocks of the record, which has them, and writes whole blocks of elements.
        var width = codes.Width;
        var stride = ReserveElements(codes);
        var sums = Vector512<int>.Zero;
        for (var start = 0; start < stride; start += CodeStore.BlockBytes)
        {
            var left = Vector512.Create((byte)Math.Min(codes.CodeBytes - start, CodeStore.BlockBytes));
            var isCode = Vector512.LessThan(Vector512<byte>.Indices, left).AsSByte();
            var block = Vector512.Load(record + start).AsUInt16();
            for (var part = 0; part < width.Parts; part++)
            {
                var elements = ElementsOf((block >> (part * width.Bits)).AsByte(), width) & isCode;
                elements.Store(_elements + (part * stride) + start);
                var pairs = Vector512.WidenLower(elements) + Vector512.WidenUpper(elements);
                sums += Vector512.WidenLower(pairs) + Vector512.WidenUpper(pairs);
            }
        }

        var factors = (float*)(record + codes.CodeBytes);
        SetFactors(factors[0] * (IsHalved(width) ? 2 : 0.5f), factors[1], Vector512.Sum(sums), width, metric);
    }

    /// <returns>The rotated copy of a vector, until the next call.</returns>
    public float* Rotate(float* vector, CodeStore codes)
    {
        if (_rotatedCapacity < codes.PaddedDimension)
        {
            NativeMemory.AlignedFree(_rotated);
            _rotatedCapacity = codes.PaddedDimension;
            _rotated = (float*)NativeMemory.AlignedAlloc((nuint)_rotatedCapacity * sizeof(float), 64);
        }

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
        (_rotatedCapacity, _elementsCapacity) = (0, 0);
    }

    /// <summary>Of 8 bits a value is halved, so that it fits; of fewer it is doubled, so that it is whole.</summary>
    private static bool IsHalved(CodeWidth width) => width.Bits == 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> ElementsOf(Vector512<byte> bytes, CodeWidth width)
    {
        var codes = bytes & Vector512.Create((byte)width.MaxCode);
        if (!IsHalved(width)) return (codes + codes - Vector512.Create((byte)width.MaxCode)).AsSByte();
        var halves = (codes.AsUInt16() >> 1).AsByte() & Vector512.Create((byte)0x7F);
        return (halves + (codes & Vector512<byte>.One) - Vector512.Create((byte)64)).AsSByte(); // rounded up
    }

    /// <returns>Elements of a part.</returns>
    private int ReserveElements(CodeStore codes)
    {
        var stride = codes.Blocks * CodeStore.BlockBytes;
        var count = codes.Width.Parts * stride;
        if (_elementsCapacity >= count) return stride;
        NativeMemory.AlignedFree(_elements);
        _elementsCapacity = count;
        _elements = (sbyte*)NativeMemory.AlignedAlloc((nuint)count, 64);
        return stride;
    }

    /// <param name="step">What an element of 1 stands for.</param>
    /// <param name="sum">Of all elements.</param>
    private void SetFactors(float step, float norm, int sum, CodeWidth width, DistanceMetric metric)
    {
        var isEuclidean = metric == DistanceMetric.Euclidean;
        (Base, NormWeight) = isEuclidean ? (norm, 1) : (0, 0);
        Factor = isEuclidean ? -2 * step : -step;
        Offset = width.Middle * sum;
    }
}
