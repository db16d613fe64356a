namespace VectorCluster.Engine.Repair;

/// <summary>Which place of a copy a place of the original became.</summary>
internal sealed class PlaceMap
{
    private const int Left = -1;

    private int[] _copies = new int[1024];

    /// <summary>Places of the original that were dealt with, from 0 on.</summary>
    public int Count { get; private set; }

    public long ResidentBytes => (long)_copies.Length * sizeof(int);

    /// <returns>The place in the copy; −1: it was dead, or its turn has not come.</returns>
    public int this[int place] => place < Count ? _copies[place] : Left;

    public void AddCopy(int copy)
    {
        if (Count == _copies.Length) Array.Resize(ref _copies, _copies.Length * 2);
        _copies[Count++] = copy;
    }

    public void AddLeft() => AddCopy(Left);
}
