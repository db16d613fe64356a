namespace VectorCluster.Engine.Hnsw;

/// <summary>A set of places below a bound: a bit each.</summary>
internal sealed class PlaceSet(int bound)
{
    private readonly ulong[] _bits = new ulong[(bound + 63) / 64];

    public bool Contains(int place) => (_bits[place >> 6] & (1UL << place)) != 0;

    /// <returns>False: it is in the set already.</returns>
    public bool Add(int place)
    {
        var bit = 1UL << place;
        ref var word = ref _bits[place >> 6];
        if ((word & bit) != 0) return false;
        word |= bit;
        return true;
    }
}
