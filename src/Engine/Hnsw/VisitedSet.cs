using System.Runtime.CompilerServices;

namespace VectorCluster.Engine.Hnsw;

/// <summary>Places that a search has come by: a bit for each place of the graph, so that the set stays in the second
/// cache, and a list of those that were set, so that emptying it takes as long as filling it did.</summary>
internal sealed class VisitedSet
{
    private const int PlacesPerByte = 8;

    /// <summary>Where more places were visited than one for so many bytes, all bytes are cleared instead.</summary>
    private const int BytesPerListed = 16;

    private byte[] _bits = [];
    private int[] _listed = [];
    private int _count;

    /// <summary>Empties the set.</summary>
    /// <param name="placeCount">Places from 0 that may be visited.</param>
    public void Reset(int placeCount)
    {
        if (_count > _listed.Length) Array.Clear(_bits);
        else foreach (var place in _listed.AsSpan(0, _count)) _bits[place / PlacesPerByte] = 0;
        _count = 0;
        var bytes = (int)(((long)placeCount + PlacesPerByte - 1) / PlacesPerByte);
        if (_bits.Length >= bytes) return;
        _bits = new byte[Math.Max(bytes, _bits.Length * 2)];
        _listed = new int[(_bits.Length + BytesPerListed - 1) / BytesPerListed];
    }

    /// <returns>False: the place was visited before, or lies past those that <see cref="Reset"/> was told of.</returns>
    public bool Visit(int place)
    {
        if (Mark(place) == 0) return false;
        List([place]);
        return true;
    }

    /// <summary>As <see cref="Visit"/>, 1 or 0, without a branch that depends on it. What is new is to be listed:
    /// <see cref="List"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Mark(int place)
    {
        var bits = _bits;
        var at = (uint)place / PlacesPerByte;
        if (at >= (uint)bits.Length) return 0;
        ref var marks = ref bits[at];
        var before = (uint)marks;
        var bit = place & (PlacesPerByte - 1);
        marks = (byte)(before | (1u << bit));
        return (int)(~(before >> bit) & 1);
    }

    /// <summary>Notes places that were new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void List(ReadOnlySpan<int> places)
    {
        if (_count + places.Length <= _listed.Length) places.CopyTo(_listed.AsSpan(_count));
        _count += places.Length;
    }
}
