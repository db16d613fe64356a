namespace VectorCluster.Engine.Quantization;

/// <summary>Bits of a coordinate's code, 1, 2, 4 or 8, and what follows from them.</summary>
internal readonly record struct CodeWidth(int Bits)
{
    /// <summary>Coordinates that share a byte.</summary>
    public int Parts => 8 / Bits;

    public int MaxCode => (1 << Bits) - 1;

    /// <summary>A code stands for itself less this: values lie on both sides of 0 alike.</summary>
    public float Middle => MaxCode / 2f;

    /// <summary>Largest magnitude of a query's integer: two products of it and a code fit 16 bits.</summary>
    public int MaxElement => Bits == 8 ? 64 : 127;

    /// <summary>Vectors of codes whose products a kernel may add up in 16 bits.</summary>
    public int LoadsPerSum => short.MaxValue / (2 * MaxCode * MaxElement * Parts);

    /// <summary>The width of a step that describes a normal distribution best, in standard deviations (Max, Quantizing
    /// for minimum distortion, 1960).</summary>
    public float BestStep => Bits switch { 1 => 1.596f, 2 => 0.9957f, 4 => 0.3352f, _ => 0.0308f };
}

/// <summary>A width as a type, so that the JIT makes it part of the kernel.</summary>
internal interface ICodeWidth
{
    /// <summary>A constant, so that what depends on it is settled while kernels are inlined.</summary>
    static abstract int Bits { get; }
}

internal readonly struct Bits1 : ICodeWidth
{
    public static int Bits => 1;
}

internal readonly struct Bits2 : ICodeWidth
{
    public static int Bits => 2;
}

internal readonly struct Bits4 : ICodeWidth
{
    public static int Bits => 4;
}

internal readonly struct Bits8 : ICodeWidth
{
    public static int Bits => 8;
}
