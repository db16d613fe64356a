namespace VectorCluster.Engine.Hnsw;

/// <inheritdoc cref="GraphBuilder{TScorer, TScorers}"/>
internal interface IGraphBuilder
{
    /// <summary>Gives a bit a place that was deleted or replaced: new places link to others.</summary>
    Func<ulong[]> Ended { set; }

    /// <summary>Makes room for places and takes them in, without links. Not beside an insertion.</summary>
    void Reserve(ReadOnlySpan<int> places, int placeCount);

    /// <summary>Algorithm 1: links a reserved place into the graph.</summary>
    void Insert(int place, SearchScratch scratch);

    /// <summary>Sets a place's list: what algorithm 4 chooses of the neighbours that it keeps and of others that come
    /// in question, the nearest ones, and then, while there is room, the nearest of those that it keeps.</summary>
    /// <param name="candidates">None of them twice, none of those kept, not the place itself. None: the list is what is
    /// kept.</param>
    /// <param name="wanted">Neighbours in the end, at most.</param>
    /// <remarks>Algorithm 4 alone would leave fewer than a place gathers while a graph grows, and every repair would
    /// thin the graph.</remarks>
    void Complete(
        int place,
        int level,
        ReadOnlySpan<int> kept,
        ReadOnlySpan<int> candidates,
        int wanted,
        SearchScratch scratch);

    /// <summary>Links a neighbour back to a place, as if the place had just been inserted.</summary>
    void LinkBack(int place, int neighbour, int level, SearchScratch scratch);

    /// <summary>Links a place that no walk on level 0 comes to with places that one does: with the nearest that a
    /// search from the entry point finds, both ways, the first of them for certain.</summary>
    /// <param name="reached">The places that a walk comes to.</param>
    void Adopt(int place, PlaceSet reached, SearchScratch scratch);
}
