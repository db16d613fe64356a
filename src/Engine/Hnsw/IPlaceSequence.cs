namespace VectorCluster.Engine.Hnsw;

/// <summary>Places to be looked at one after the other. A type, so that the JIT makes it part of the loop.</summary>
internal interface IPlaceSequence
{
    int Count { get; }

    int this[int index] { get; }
}

/// <summary>Places that somebody named.</summary>
internal readonly ref struct ListedPlaces(ReadOnlySpan<int> places) : IPlaceSequence
{
    private readonly ReadOnlySpan<int> _places = places;

    public int Count => _places.Length;

    public int this[int index] => _places[index];
}

/// <summary>All places below a bound.</summary>
internal readonly struct AllPlaces(int count) : IPlaceSequence
{
    public int Count => count;

    public int this[int index] => index;
}
