using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Quantization;

/// <summary>Sums of products of a query's integers and codes, for one width of codes and one instruction set. All sets
/// give the same: the sums are exact.</summary>
internal unsafe interface ICodeKernel
{
    /// <summary>False: the processor lacks the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <param name="query">int8[parts][blocks · 64]: what the codes of each part of a byte are multiplied by, the
    /// lowest bits' first; within ±<see cref="CodeWidth.MaxElement"/>.</param>
    /// <param name="code">uint8[blocks · 64].</param>
    static abstract int Sum(sbyte* query, byte* code, int blocks);

    /// <summary>Four codes at once.</summary>
    static abstract Vector128<int> SumFour(
        sbyte* query, byte* code0, byte* code1, byte* code2, byte* code3, int blocks);
}
