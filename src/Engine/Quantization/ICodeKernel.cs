using System.Runtime.Intrinsics;

namespace VectorCluster.Engine.Quantization;

/// <summary>Sums of products of a query's integers and codes of 4 bits, for one instruction set. All give the same: the
/// sums are exact.</summary>
internal unsafe interface ICodeKernel
{
    /// <param name="query">int8[2][blocks · 64]: what the low and the high halves of the bytes are multiplied by, −127
    /// to 127.</param>
    /// <param name="code">uint8[blocks · 64].</param>
    static abstract int Sum(sbyte* query, byte* code, int blocks);

    /// <summary>Four codes at once.</summary>
    static abstract Vector128<int> SumFour(
        sbyte* query, byte* code0, byte* code1, byte* code2, byte* code3, int blocks);
}
