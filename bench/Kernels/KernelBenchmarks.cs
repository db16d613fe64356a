using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using VectorCluster.Engine.Distance;

namespace VectorCluster.Kernels.Bench;

/// <summary>One distance between two vectors that are in the first cache, by each of our kernels that the processor has
/// and by TensorPrimitives.</summary>
/// <remarks>A kernel of 512 bits where the processor has none is emulated, and slow: engines do not choose it
/// there.</remarks>
public abstract unsafe class KernelBenchmarks
{
    private const nuint Alignment = 64;
    private const int Seed = 3;

    [Params(100, 768, 1536)]
    public int Dimension { get; set; }

    protected float* A { get; private set; }

    protected float* B { get; private set; }

    protected int Padded => OrderValue.PaddedDimension(Dimension);

    protected ReadOnlySpan<float> SpanA => new(A, Dimension);

    protected ReadOnlySpan<float> SpanB => new(B, Dimension);

    [GlobalSetup]
    public void Setup()
    {
        A = NewVector(Seed);
        B = NewVector(Seed + 1);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        NativeMemory.AlignedFree(A);
        NativeMemory.AlignedFree(B);
    }

    private float* NewVector(int seed)
    {
        var vector = (float*)NativeMemory.AlignedAlloc((nuint)Padded * sizeof(float), Alignment);
        NativeMemory.Clear(vector, (nuint)Padded * sizeof(float));
        var random = new Random(seed);
        for (var i = 0; i < Dimension; i++) vector[i] = random.NextSingle() - 0.5f;
        return vector;
    }
}

public unsafe class SquaredL2Kernels : KernelBenchmarks
{
    [Benchmark(Baseline = true)]
    public float TensorPrimitivesDistance() => TensorPrimitives.Distance(SpanA, SpanB);

    [Benchmark]
    public float Scalar() => Scalar<SquaredL2>.Compute(A, B, Padded);

    [Benchmark]
    public float Vector256() => Wide256<SquaredL2>.Compute(A, B, Padded);

    [Benchmark]
    public float Vector512() => Wide512<SquaredL2>.Compute(A, B, Padded);
}

public unsafe class DotKernels : KernelBenchmarks
{
    [Benchmark(Baseline = true)]
    public float TensorPrimitivesDot() => TensorPrimitives.Dot(SpanA, SpanB);

    [Benchmark]
    public float Scalar() => Scalar<NegativeDot>.Compute(A, B, Padded);

    [Benchmark]
    public float Vector256() => Wide256<NegativeDot>.Compute(A, B, Padded);

    [Benchmark]
    public float Vector512() => Wide512<NegativeDot>.Compute(A, B, Padded);
}

public unsafe class L1Kernels : KernelBenchmarks
{
    private float[] _differences = [];

    [GlobalSetup(Target = nameof(TensorPrimitivesSubtractAndSumOfMagnitudes))]
    public void SetupDifferences()
    {
        Setup();
        _differences = new float[Dimension];
    }

    /// <summary>It has no such distance; two passes come nearest.</summary>
    [Benchmark(Baseline = true)]
    public float TensorPrimitivesSubtractAndSumOfMagnitudes()
    {
        TensorPrimitives.Subtract(SpanA, SpanB, _differences);
        return TensorPrimitives.SumOfMagnitudes<float>(_differences);
    }

    [Benchmark]
    public float Scalar() => Scalar<L1>.Compute(A, B, Padded);

    [Benchmark]
    public float Vector256() => Wide256<L1>.Compute(A, B, Padded);

    [Benchmark]
    public float Vector512() => Wide512<L1>.Compute(A, B, Padded);
}
