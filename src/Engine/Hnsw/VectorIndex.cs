using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Vectors;

namespace VectorCluster.Engine.Hnsw;

/// <summary>Searches one named vector of a shard: the graph over the places below <see cref="IndexedUpTo"/>, a scan
/// over the rest.</summary>
/// <remarks>
/// Writes only store the vector; a background step adds it to the graph later. Until then searches scan it, so a write
/// is visible at once, and a restart replays the log without building anything.
/// </remarks>
internal abstract unsafe class VectorIndex(VectorStore vectors, LinkStore links, VectorSettings settings, int maskBit)
{
    private int _indexedUpTo;

    public VectorStore Vectors => vectors;

    public LinkStore Links => links;

    public VectorSettings Settings => settings;

    /// <summary>Number of the vector among the collection's, by name: its bit in a point's mask.</summary>
    public int MaskBit => maskBit;

    /// <summary>Places below are in the graph, if they have the vector and lived when their turn came.</summary>
    public int IndexedUpTo
    {
        get => Volatile.Read(ref _indexedUpTo);
        protected set => Volatile.Write(ref _indexedUpTo, value);
    }

    /// <summary>Vectors in the graph, deleted ones included.</summary>
    public int GraphCount { get; protected set; }

    /// <summary>Where searches start; level −1: the graph is empty.</summary>
    public abstract (int Place, int Level) EntryPoint { get; }

    /// <summary>An index over the kernels of the metric and of an instruction set.</summary>
    public static VectorIndex Create(
        VectorStore vectors, LinkStore links, VectorSettings settings, int maskBit, InstructionSet instructionSet)
    {
        return (settings.Metric, instructionSet) switch
        {
            (DistanceMetric.Euclidean, InstructionSet.Vector512) => Of<SquaredL2.Wide512>(),
            (DistanceMetric.Euclidean, InstructionSet.Vector256) => Of<SquaredL2.Wide256>(),
            (DistanceMetric.Euclidean, _) => Of<SquaredL2.Scalar>(),
            (DistanceMetric.Manhattan, InstructionSet.Vector512) => Of<L1.Wide512>(),
            (DistanceMetric.Manhattan, InstructionSet.Vector256) => Of<L1.Wide256>(),
            (DistanceMetric.Manhattan, _) => Of<L1.Scalar>(),
            (_, InstructionSet.Vector512) => Of<NegativeDot.Wide512>(),
            (_, InstructionSet.Vector256) => Of<NegativeDot.Wide256>(),
            _ => Of<NegativeDot.Scalar>(),
        };

        VectorIndex<TKernel> Of<TKernel>()
            where TKernel : struct, IKernel => new(vectors, links, settings, maskBit);
    }

    /// <summary>Adds places to the graph with several threads, and moves <see cref="IndexedUpTo"/> past them.</summary>
    /// <param name="places">Those between the old and the new bound that belong in the graph, ascending.</param>
    /// <param name="scratches">One a thread.</param>
    public abstract void AddToGraph(int[] places, int indexedUpTo, IReadOnlyList<SearchScratch> scratches);

    /// <summary>Takes up a graph that was loaded.</summary>
    public abstract void Restore(int indexedUpTo, int graphCount, (int Place, int Level) entryPoint);

    /// <inheritdoc cref="Graph{TKernel}.Search"/>
    public abstract bool SearchGraph<TFilter>(
        float* query, int ef, in TFilter filter, int visitLimit, SearchScratch scratch)
        where TFilter : struct, IPlaceFilter;

    /// <summary>The order value of a query to one place; see <see cref="Distance.OrderValue"/>.</summary>
    public abstract float OrderValueOf(float* query, int place);
}

/// <inheritdoc/>
internal sealed unsafe class VectorIndex<TKernel> : VectorIndex
    where TKernel : struct, IKernel
{
    private readonly Graph<TKernel> _graph;
    private readonly GraphBuilder<TKernel> _builder;

    public VectorIndex(VectorStore vectors, LinkStore links, VectorSettings settings, int maskBit)
        : base(vectors, links, settings, maskBit)
    {
        _graph = new(vectors, links);
        _builder = new(_graph, settings.Hnsw);
    }

    public override (int Place, int Level) EntryPoint => _graph.EntryPoint;

    public override void AddToGraph(int[] places, int indexedUpTo, IReadOnlyList<SearchScratch> scratches)
    {
        _builder.Reserve(places, indexedUpTo);
        var next = -1;
        if (scratches.Count == 1 || places.Length == 1) InsertFromQueue(scratches[0]);
        else Parallel.For(0, scratches.Count, thread => InsertFromQueue(scratches[thread]));
        GraphCount += places.Length;
        IndexedUpTo = indexedUpTo;

        void InsertFromQueue(SearchScratch scratch)
        {
            for (var at = Interlocked.Increment(ref next); at < places.Length; at = Interlocked.Increment(ref next))
                _builder.Insert(places[at], scratch);
        }
    }

    public override void Restore(int indexedUpTo, int graphCount, (int Place, int Level) entryPoint)
    {
        _graph.EntryPoint = entryPoint;
        GraphCount = graphCount;
        IndexedUpTo = indexedUpTo;
    }

    public override bool SearchGraph<TFilter>(
        float* query, int ef, in TFilter filter, int visitLimit, SearchScratch scratch) =>
        _graph.Search(query, ef, filter, visitLimit, scratch);

    public override float OrderValueOf(float* query, int place) => _graph.OrderValueOf(query, place);
}
