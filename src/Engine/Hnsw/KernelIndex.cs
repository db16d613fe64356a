using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Memory;
using VectorCluster.Engine.Quantization;
using VectorCluster.Engine.Vectors;

namespace VectorCluster.Engine.Hnsw;

/// <inheritdoc/>
internal sealed unsafe class VectorIndex<TKernel, TCodeKernel> : VectorIndex
    where TKernel : struct, IKernel
    where TCodeKernel : struct, ICodeKernel
{
    private readonly Graph _graph;

    public VectorIndex(VectorStore vectors, LinkStore links, CodeStore? codes, VectorSettings settings, int maskBit)
        : base(vectors, links, codes, settings, maskBit)
    {
        _graph = new(links);
        Builder = codes is { CanBuild: true }
            ? new GraphBuilder<CodeScorer<TCodeKernel>, CodeScorers<TCodeKernel>>(
                _graph, new(codes, vectors, settings.Metric), settings.Hnsw)
            : new GraphBuilder<VectorScorer<TKernel>, VectorScorers<TKernel>>(
                _graph, new(vectors), settings.Hnsw);
    }

    public override IGraphBuilder Builder { get; }

    public override (int Place, int Level) EntryPoint => _graph.EntryPoint;

    public override void AddToGraph(int[] places, int indexedUpTo, IReadOnlyList<SearchScratch> scratches)
    {
        Builder.Reserve(places, indexedUpTo);
        Codes?.Grow(indexedUpTo);
        var next = -1;
        if (scratches.Count == 1 || places.Length == 1) InsertFromQueue(scratches[0]);
        else Parallel.For(0, scratches.Count, thread => InsertFromQueue(scratches[thread]));
        GraphCount += places.Length;
        IndexedUpTo = indexedUpTo;

        void InsertFromQueue(SearchScratch scratch)
        {
            for (var at = Interlocked.Increment(ref next); at < places.Length; at = Interlocked.Increment(ref next))
            {
                Codes?.Write(places[at], scratch.CodeQuery.Rotate(Vectors[places[at]], Codes));
                Builder.Insert(places[at], scratch);
            }
        }
    }

    public override void Restore(int indexedUpTo, int graphCount, (int Place, int Level) entryPoint)
    {
        _graph.EntryPoint = entryPoint;
        GraphCount = graphCount;
        IndexedUpTo = indexedUpTo;
    }

    public override bool SearchGraph<TFilter>(
        float* query,
        int ef,
        CodeWalk? codes,
        in TFilter filter,
        int visitLimit,
        SearchScratch scratch)
    {
        var exact = new VectorScorer<TKernel>(query, Vectors);
        if (codes is not { } walk) return _graph.Search(exact, ef, filter, visitLimit, scratch);
        var near = NearScorer(query, scratch);
        if (!_graph.Search(near, walk.Ef, filter, visitLimit, scratch)) return false;
        if (walk.Rescored > 0) Rescore(exact, walk.Rescored, scratch);
        return true;
    }

    public override int ScanByCodes<TPlaces, TFilter>(
        float* query,
        TPlaces places,
        int indexedUpTo,
        int kept,
        bool isRescored,
        in TFilter filter,
        SearchScratch scratch,
        CancellationToken cancellationToken)
    {
        var near = NearScorer(query, scratch);
        var computed = PlaceScan.Run(near, places, indexedUpTo, kept, filter, scratch, cancellationToken);
        if (isRescored) Rescore(new(query, Vectors), kept, scratch);
        return computed;
    }

    public override float OrderValueOf(float* query, int place) =>
        TKernel.Compute(query, Vectors[place], Vectors.PaddedDimension);

    private CodeScorer<TCodeKernel> NearScorer(float* query, SearchScratch scratch)
    {
        scratch.CodeQuery.Load(query, Codes!, Settings.Metric);
        return new(scratch.CodeQuery, Codes!);
    }

    /// <summary>Leaves the best of what was found in the beam, by their vectors.</summary>
    private static void Rescore(in VectorScorer<TKernel> exact, int count, SearchScratch scratch)
    {
        var places = scratch.TakeAccepted(count);
        foreach (var place in places) CacheLines.PrefetchIntoL2(exact.RecordOf(place), exact.PrefetchedBytes);
        scratch.Beam.Clear(places.Length);
        foreach (var place in places)
        {
            var order = exact.OrderOf(exact.RecordOf(place));
            scratch.Beam.Insert(order, place, isAccepted: true);
        }
    }
}
