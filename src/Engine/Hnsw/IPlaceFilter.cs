namespace VectorCluster.Engine.Hnsw;

/// <summary>Which places may be results of a search. A type, so that the JIT makes the test part of the search
/// loop.</summary>
internal interface IPlaceFilter
{
    /// <summary>Whether it may refuse so many places that a search should keep its results apart from the places to be
    /// expanded.</summary>
    static abstract bool IsSelective { get; }

    bool Accepts(int place);
}
