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
    private readonly int _blocks = codes.Blocks;
    private readonly int _codeBytes = codes.CodeBytes;

    public int PrefetchedBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Math.Min(_codeBytes + CodeStore.FactorBytes, CodeStore.PrefetchedBytes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* RecordOf(int place) => codes[place];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float OrderOf(byte* record)
    {
        var sum = TKernel.Sum(_elements, record, _blocks) - _offset;
        return _base + (_normWeight * Norm(record)) + (Scale(record) * sum * _factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector128<float> OrdersOf(byte* record0, byte* record1, byte* record2, byte* record3)
    {
        var sums = Vector128.ConvertToSingle(
            TKernel.SumFour(_elements, record0, record1, record2, record3, _blocks));
        var scales = Vector128.Create(Scale(record0), Scale(record1), Scale(record2), Scale(record3));
        var orders = scales * (sums - Vector128.Create(_offset)) * _factor;
        if (_normWeight == 0) return orders;
        var norms = Vector128.Create(Norm(record0), Norm(record1), Norm(record2), Norm(record3));
        return Vector128.Create(_base) + (norms * _normWeight) + orders;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Scale(byte* code) => *(float*)(code + _codeBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Norm(byte* code) => *(float*)(code + _codeBytes + sizeof(float));
}
