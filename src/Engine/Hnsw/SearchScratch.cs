using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Quantization;

namespace VectorCluster.Engine.Hnsw;

/// <summary>What one thread needs to search or insert: a visited set, candidates and an aligned query. Reused from call
/// to call, so that neither allocates.</summary>
internal sealed unsafe class SearchScratch : IDisposable
{
    private float* _query;
    private int _queryCapacity;
    private int* _unvisited;
    private byte** _records;
    private int _unvisitedCapacity;

    /// <summary>The nearest places so far: candidates and results.</summary>
    public Beam Beam { get; } = new();

    /// <summary>Of a search with a selective filter: places still to be expanded, nearest on top.</summary>
    public DistanceHeap Candidates { get; } = new();

    /// <summary>Of a scan: the places that payload indexes name.</summary>
    public List<int> Named { get; } = [];

    /// <summary>Neighbours of the places being expanded that were not visited before.</summary>
    public int* Unvisited => _unvisited;

    /// <summary>Where what describes each of them lies.</summary>
    public byte** Records => _records;

    /// <summary>Of an insertion: the neighbours it chose.</summary>
    public NeighbourSelection Selection { get; } = new();

    /// <summary>The query, made ready for codes.</summary>
    public CodeQuery CodeQuery { get; } = new();

    public VisitedSet Visited { get; } = new();

    /// <summary>Places whose distance was computed in the last search.</summary>
    public int VisitedCount { get; set; }

    /// <summary>Empties the visited set.</summary>
    /// <param name="placeCount">Places from 0 that may be visited.</param>
    public void Reset(int placeCount)
    {
        Visited.Reset(placeCount);
        VisitedCount = 0;
    }

    public void EnsureUnvisited(int count)
    {
        if (_unvisitedCapacity >= count) return;
        NativeMemory.AlignedFree(_unvisited);
        NativeMemory.AlignedFree(_records);
        _unvisited = (int*)NativeMemory.AlignedAlloc((nuint)count * sizeof(int), 64);
        _records = (byte**)NativeMemory.AlignedAlloc((nuint)(count * sizeof(byte*)), 64);
        _unvisitedCapacity = count;
    }

    /// <summary>The nearest accepted places of the beam.</summary>
    /// <returns>At most so many, valid until the next search.</returns>
    public ReadOnlySpan<int> TakeAccepted(int count)
    {
        EnsureUnvisited(count);
        var taken = 0;
        for (var i = 0; i < Beam.Count && taken < count; i++)
            if (Beam.IsAccepted(i)) _unvisited[taken++] = Beam.PlaceAt(i);
        return new(_unvisited, taken);
    }

    /// <summary>Copies a query into aligned memory, padded with zeros, normalized for cosine.</summary>
    public float* LoadQuery(ReadOnlySpan<float> query, DistanceMetric metric)
    {
        var padded = OrderValue.PaddedDimension(query.Length);
        if (_queryCapacity < padded)
        {
            NativeMemory.AlignedFree(_query);
            _query = (float*)NativeMemory.AlignedAlloc((nuint)padded * sizeof(float), 64);
            _queryCapacity = padded;
        }

        var copy = new Span<float>(_query, padded);
        query.CopyTo(copy);
        copy[query.Length..].Clear();
        if (metric == DistanceMetric.Cosine) Normalization.Normalize(copy[..query.Length]);
        return _query;
    }

    public void Dispose()
    {
        Beam.Dispose();
        Selection.Dispose();
        CodeQuery.Dispose();
        NativeMemory.AlignedFree(_query);
        NativeMemory.AlignedFree(_unvisited);
        NativeMemory.AlignedFree(_records);
        _query = null;
        _unvisited = null;
        _records = null;
        (_queryCapacity, _unvisitedCapacity) = (0, 0);
    }
}
