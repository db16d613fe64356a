using VectorCluster.Engine.Hnsw;

namespace VectorCluster.Engine.Repair;

/// <summary>Walks a graph's level 0 from the entry point, and links what it does not come to.</summary>
/// <param name="places">Places from 0 that are looked at.</param>
internal sealed class Reach(VectorIndex index, int places)
{
    private readonly PlaceSet _reached = new(places);
    private readonly Stack<int> _waiting = new();
    private int _next;

    /// <summary>Places that had to be linked.</summary>
    public int AdoptedCount { get; private set; }

    /// <summary>Walks some places on.</summary>
    /// <returns>False: every place is reached.</returns>
    public bool Step(int count, SearchScratch scratch)
    {
        if (index.EntryPoint.Level < 0) return false;
        Come(index.EntryPoint.Place);
        for (var left = count; left > 0; left--)
        {
            if (_waiting.TryPop(out var place))
            {
                foreach (var neighbour in index.Links.Neighbours(place, level: 0)) Come(neighbour);
                continue;
            }

            while (_next < places && (_reached.Contains(_next) || !index.Links.IsPresent(_next))) _next++;
            if (_next == places) return false;
            index.Builder.Adopt(_next, _reached, scratch);
            AdoptedCount++;
            Come(_next);
        }

        return true;
    }

    private void Come(int place)
    {
        if (_reached.Add(place)) _waiting.Push(place);
    }
}
