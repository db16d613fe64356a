using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Memory;
using VectorCluster.Engine.Quantization;
using VectorCluster.Engine.Vectors;

namespace VectorCluster.Engine.Hnsw;

/// <summary>Searches one named vector of a shard: the graph over the places below <see cref="IndexedUpTo"/>, a scan
/// over the rest.</summary>
/// <remarks>
/// Writes only store the vector; a background step adds it to the graph later. Until then searches scan it, so a write
/// is visible at once, and a restart replays the log without building anything.
/// </remarks>
internal abstract unsafe class VectorIndex(
    VectorStore vectors, LinkStore links, CodeStore? codes, VectorSettings settings, int maskBit)
{
    private int _indexedUpTo;

    public VectorStore Vectors => vectors;

    public LinkStore Links => links;

    /// <summary>What searches walk by instead of the vectors; null: they walk by the vectors.</summary>
    public CodeStore? Codes => codes;

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

    /// <summary>Links places.</summary>
    public abstract IGraphBuilder Builder { get; }

    /// <summary>Where searches start; level −1: the graph is empty.</summary>
    public abstract (int Place, int Level) EntryPoint { get; }

    /// <summary>An index over the kernels of the metric and of an instruction set.</summary>
    public static VectorIndex Create(
        VectorStore vectors,
        LinkStore links,
        CodeStore? codes,
        VectorSettings settings,
        int maskBit,
        InstructionSet instructionSet)
    {
        return (settings.Metric, instructionSet) switch
        {
            (DistanceMetric.Euclidean, InstructionSet.Vector512) => Of<Wide512<SquaredL2>>(),
            (DistanceMetric.Euclidean, InstructionSet.Vector256) => Of<Wide256<SquaredL2>>(),
            (DistanceMetric.Euclidean, _) => Of<Scalar<SquaredL2>>(),
            (DistanceMetric.Manhattan, InstructionSet.Vector512) => Of<Wide512<L1>>(),
            (DistanceMetric.Manhattan, InstructionSet.Vector256) => Of<Wide256<L1>>(),
            (DistanceMetric.Manhattan, _) => Of<Scalar<L1>>(),
            (_, InstructionSet.Vector512) => Of<Wide512<NegativeDot>>(),
            (_, InstructionSet.Vector256) => Of<Wide256<NegativeDot>>(),
            _ => Of<Scalar<NegativeDot>>(),
        };

        VectorIndex Of<TKernel>()
            where TKernel : struct, IKernel => codes?.Width.Bits switch
            {
                1 => OfWidth<TKernel, Bits1>(),
                2 => OfWidth<TKernel, Bits2>(),
                8 => OfWidth<TKernel, Bits8>(),
                _ => OfWidth<TKernel, Bits4>(),
            };

        VectorIndex OfWidth<TKernel, TWidth>()
            where TKernel : struct, IKernel
            where TWidth : struct, ICodeWidth => instructionSet switch
            {
                InstructionSet.Vector512 when Wide512Codes<TWidth>.IsSupported =>
                    new VectorIndex<TKernel, Wide512Codes<TWidth>>(vectors, links, codes, settings, maskBit),
                InstructionSet.Vector512 or InstructionSet.Vector256 when Wide256Codes<TWidth>.IsSupported =>
                    new VectorIndex<TKernel, Wide256Codes<TWidth>>(vectors, links, codes, settings, maskBit),
                _ => new VectorIndex<TKernel, ScalarCodes<TWidth>>(vectors, links, codes, settings, maskBit),
            };
    }

    /// <summary>Adds places to the graph with several threads, and moves <see cref="IndexedUpTo"/> past them.</summary>
    /// <param name="places">Those between the old and the new bound that belong in the graph, ascending.</param>
    /// <param name="scratches">One a thread.</param>
    public abstract void AddToGraph(int[] places, int indexedUpTo, IReadOnlyList<SearchScratch> scratches);

    /// <summary>Takes up a graph that was loaded.</summary>
    public abstract void Restore(int indexedUpTo, int graphCount, (int Place, int Level) entryPoint);

    /// <inheritdoc cref="Graph.Search"/>
    /// <param name="codes">How codes are walked by; null: the vectors are.</param>
    public abstract bool SearchGraph<TFilter>(
        float* query,
        int ef,
        CodeWalk? codes,
        in TFilter filter,
        int visitLimit,
        SearchScratch scratch)
        where TFilter : struct, IPlaceFilter;

    /// <summary>Leaves the nearest of some places, by their codes, in the scratch's beam: all that the filter accepts
    /// if there are no more than are kept.</summary>
    /// <param name="indexedUpTo">Places from here on may have no code and are passed over.</param>
    /// <param name="isRescored">Whether what is kept is ordered by the vectors in the end.</param>
    /// <returns>Distances computed.</returns>
    public abstract int ScanByCodes<TPlaces, TFilter>(
        float* query,
        TPlaces places,
        int indexedUpTo,
        int kept,
        bool isRescored,
        in TFilter filter,
        SearchScratch scratch,
        CancellationToken cancellationToken)
        where TPlaces : struct, IPlaceSequence, allows ref struct
        where TFilter : struct, IPlaceFilter;

    /// <summary>Asks for a place's vector.</summary>
    public void Prefetch(int place) => CacheLines.PrefetchIntoL1(
        (byte*)vectors[place], Math.Min(vectors.PaddedDimension * sizeof(float), VectorStore.PrefetchedBytes));

    /// <summary>The order value of a query to one place; see <see cref="Distance.OrderValue"/>.</summary>
    public abstract float OrderValueOf(float* query, int place);
}
