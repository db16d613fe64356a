namespace VectorCluster.Engine.Hnsw;

/// <inheritdoc cref="GraphBuilder{TScorer, TScorers}"/>
internal interface IGraphBuilder
{
    /// <summary>Makes room for places and takes them in, without links. Not beside an insertion.</summary>
    void Reserve(ReadOnlySpan<int> places, int placeCount);

    /// <summary>Algorithm 1: links a reserved place into the graph.</summary>
    void Insert(int place, SearchScratch scratch);
}
