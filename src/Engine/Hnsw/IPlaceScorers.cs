using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Quantization;
using VectorCluster.Engine.Vectors;

namespace VectorCluster.Engine.Hnsw;

/// <summary>Scorers of stored places: what a graph is built by.</summary>
internal interface IPlaceScorers<TScorer>
    where TScorer : struct, IPlaceScorer
{
    /// <summary>Of a place that is being inserted: compared with thousands of others.</summary>
    /// <param name="query">Holds what the scorer needs; the one made with it before is of no use any more.</param>
    TScorer OfInserted(int place, CodeQuery query);

    /// <summary>Of a place that is compared with a few others.</summary>
    /// <inheritdoc cref="OfInserted"/>
    TScorer OfStored(int place, CodeQuery query);
}

/// <summary>By the float32 vectors.</summary>
internal readonly unsafe struct VectorScorers<TKernel>(VectorStore vectors) : IPlaceScorers<VectorScorer<TKernel>>
    where TKernel : struct, IKernel
{
    public VectorScorer<TKernel> OfInserted(int place, CodeQuery query) => OfStored(place, query);

    public VectorScorer<TKernel> OfStored(int place, CodeQuery query) => new(vectors[place], vectors);
}

/// <summary>By codes: the inserted vector against codes, codes against codes. No vector but the inserted one is
/// read.</summary>
internal readonly unsafe struct CodeScorers<TKernel>(CodeStore codes, VectorStore vectors, DistanceMetric metric)
    : IPlaceScorers<CodeScorer<TKernel>>
    where TKernel : struct, ICodeKernel
{
    public CodeScorer<TKernel> OfInserted(int place, CodeQuery query)
    {
        query.Load(vectors[place], codes, metric);
        return new(query, codes);
    }

    public CodeScorer<TKernel> OfStored(int place, CodeQuery query)
    {
        query.LoadCode(codes[place], codes, metric);
        return new(query, codes);
    }
}
