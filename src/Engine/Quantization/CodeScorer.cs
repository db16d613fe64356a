using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using VectorCluster.Engine.Hnsw;

namespace VectorCluster.Engine.Quantization;

/// <summary>By codes: near enough to walk by; what it finds is rescored.</summary>
internal readonly unsafe struct CodeScorer<TKernel>(CodeQuery query, CodeStore codes) : IPlaceScorer
    where TKernel : struct, ICodeKernel
{
    private readonly sbyte* _elements = query.Elements;
    private readonly float _base = query.Base;
    private readonly float _normWeight = query.NormWeight;
    private readonly float _factor = query.Factor;
    private readonly float _offset = query.Offset;
    private readonly int _blocks = CodeQuery.BlocksOf(codes);
    private readonly int _codeBytes = codes.CodeBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float OrderOf(int place)
    {
        var code = codes[place];
        var factors = (float*)(code + _codeBytes);
        var sum = TKernel.Sum(_elements, code, _blocks) - _offset;
        return _base + (_normWeight * factors[1]) + (_factor * factors[0] * sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> OrdersOf(int* places)
    {
        var code0 = codes[places[0]];
        var code1 = codes[places[1]];
        var code2 = codes[places[2]];
        var code3 = codes[places[3]];
        var sums = Vector128.ConvertToSingle(TKernel.SumFour(_elements, code0, code1, code2, code3, _blocks));
        var scales = Vector128.Create(Scale(code0), Scale(code1), Scale(code2), Scale(code3));
        var orders = scales * (sums - Vector128.Create(_offset)) * _factor;
        if (_normWeight == 0) return orders;
        return orders + Vector128.Create(_base)
            + (Vector128.Create(Norm(code0), Norm(code1), Norm(code2), Norm(code3)) * _normWeight);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchIntoL1(int place) => codes.PrefetchIntoL1(place);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchIntoL2(int place) => codes.PrefetchIntoL2(place);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Scale(byte* code) => *(float*)(code + _codeBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Norm(byte* code) => *(float*)(code + _codeBytes + sizeof(float));
}
