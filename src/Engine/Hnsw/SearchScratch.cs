using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VectorCluster.Engine.Distance;

namespace VectorCluster.Engine.Hnsw;

/// <summary>What one thread needs to search or insert: a visited set, heaps and an aligned query. Reused from call to
/// call.</summary>
internal sealed unsafe class SearchScratch : IDisposable
{
    private byte[] _visited = [];
    private byte _generation;
    private float* _query;
    private int _queryCapacity;

    /// <summary>Places still to be expanded, nearest on top.</summary>
    public DistanceHeap Candidates { get; } = new();

    /// <summary>The best places so far, farthest on top: keys are negated order values.</summary>
    public DistanceHeap Results { get; } = new();

    /// <summary>Neighbours of the place being expanded that were not visited before.</summary>
    public int[] Unvisited { get; private set; } = new int[512];

    /// <summary>Candidates of the neighbour selection, nearest first.</summary>
    public List<DistanceHeap.Entry> Sorted { get; } = [];

    public List<DistanceHeap.Entry> Selected { get; } = [];

    public List<DistanceHeap.Entry> Pruned { get; } = [];

    /// <summary>Places whose distance was computed in the last search.</summary>
    public int VisitedCount { get; set; }

    /// <summary>Empties the visited set and the heaps.</summary>
    /// <param name="placeCount">Places from 0 that may be visited.</param>
    public void Reset(int placeCount)
    {
        if (_visited.Length < placeCount)
        {
            _visited = new byte[Math.Max(placeCount, _visited.Length * 2)];
            _generation = 0;
        }

        if (++_generation == 0)
        {
            Array.Clear(_visited);
            _generation = 1;
        }

        Candidates.Clear();
        Results.Clear();
        VisitedCount = 0;
    }

    /// <returns>False: the place was visited before, or lies past those that <see cref="Reset"/> was told of.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Visit(int place)
    {
        var visited = _visited;
        if ((uint)place >= (uint)visited.Length || visited[place] == _generation) return false;
        visited[place] = _generation;
        return true;
    }

    public void EnsureUnvisited(int count)
    {
        if (Unvisited.Length < count) Unvisited = new int[count];
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
        NativeMemory.AlignedFree(_query);
        _query = null;
        _queryCapacity = 0;
    }
}
