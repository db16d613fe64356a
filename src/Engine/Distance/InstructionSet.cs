using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Distance;

/// <summary>Which kernels compute distances. All give the same result but for rounding.</summary>
public enum InstructionSet : byte
{
    /// <summary>Plain C#: the oracle of the others.</summary>
    Scalar,

    /// <summary>256-bit vectors (AVX2 with FMA).</summary>
    Vector256,

    /// <summary>512-bit vectors (AVX-512).</summary>
    Vector512,
}

/// <summary>The choice of kernels, made once per process.</summary>
public static class InstructionSets
{
    /// <summary>Environment variable that forces a set by name, for tests and for comparing.</summary>
    public const string OverrideVariable = "VECTORCLUSTER_INSTRUCTION_SET";

    /// <summary>The widest set that this processor has, or the forced one.</summary>
    /// <exception cref="NotSupportedException">The forced set is unknown, or the processor lacks it.</exception>
    public static InstructionSet Current { get; } = Choose(Environment.GetEnvironmentVariable(OverrideVariable));

    public static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Vector512 => System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated,
        InstructionSet.Vector256 => System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated,
        _ => true,
    };

    internal static InstructionSet Choose(string? forced)
    {
        if (!string.IsNullOrEmpty(forced))
        {
            if (!Enum.TryParse<InstructionSet>(forced, ignoreCase: true, out var set) || !Enum.IsDefined(set))
                throw new NotSupportedException($"{OverrideVariable}={forced}: use Scalar, Vector256 or Vector512.");
            return IsSupported(set)
                ? set
                : throw new NotSupportedException($"{OverrideVariable}={forced}: this processor lacks it.");
        }

        if (IsSupported(InstructionSet.Vector512)) return InstructionSet.Vector512;
        return IsSupported(InstructionSet.Vector256) ? InstructionSet.Vector256 : InstructionSet.Scalar;
    }
}
