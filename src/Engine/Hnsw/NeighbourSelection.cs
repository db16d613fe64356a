using System.Runtime.InteropServices;
using VectorCluster.Engine.Quantization;

namespace VectorCluster.Engine.Hnsw;

/// <summary>The neighbours chosen for a place: of one level while they are chosen, and of all its levels until they are
/// linked.</summary>
internal sealed unsafe class NeighbourSelection : IDisposable
{
    /// <summary>Distances to what is selected are computed four at a time; the list is padded with its last.</summary>
    private const int Padding = 3;

    private readonly List<(int Place, float Order)> _kept = [];
    private readonly List<int> _ends = []; // of the levels kept, from the highest down
    private int* _places;
    private float* _orders;
    private int _capacity;

    /// <summary>Candidates of a full list that is chosen anew.</summary>
    public Beam Candidates { get; } = new();

    /// <summary>A stored code that others are compared with.</summary>
    public CodeQuery CodeQuery { get; } = new();

    public int Count { get; private set; }

    /// <summary>int32[<see cref="Count"/>], and three more that repeat the last.</summary>
    public int* Places => _places;

    public ReadOnlySpan<int> Span => new(_places, Count);

    public void Clear(int capacity)
    {
        Count = 0;
        if (_capacity >= capacity) return;
        NativeMemory.Free(_places);
        NativeMemory.Free(_orders);
        _places = (int*)NativeMemory.Alloc((nuint)(capacity + Padding), sizeof(int));
        _orders = (float*)NativeMemory.Alloc((nuint)capacity, sizeof(float));
        _capacity = capacity;
    }

    public void Add(int place, float order)
    {
        _orders[Count] = order;
        for (var i = 0; i <= Padding; i++) _places[Count + i] = place;
        Count++;
    }

    /// <summary>Forgets the levels kept.</summary>
    public void ForgetLevels()
    {
        _kept.Clear();
        _ends.Clear();
    }

    /// <summary>Keeps what is selected as the neighbours of the next level below.</summary>
    public void KeepLevel()
    {
        for (var i = 0; i < Count; i++) _kept.Add((_places[i], _orders[i]));
        _ends.Add(_kept.Count);
    }

    /// <summary>The neighbours kept for a level.</summary>
    public ReadOnlySpan<(int Place, float Order)> OfLevel(int level)
    {
        var at = _ends.Count - 1 - level;
        var start = at == 0 ? 0 : _ends[at - 1];
        return CollectionsMarshal.AsSpan(_kept)[start.._ends[at]];
    }

    public void Dispose()
    {
        Candidates.Dispose();
        CodeQuery.Dispose();
        NativeMemory.Free(_places);
        NativeMemory.Free(_orders);
        _places = null;
        _orders = null;
        _capacity = 0;
    }
}
