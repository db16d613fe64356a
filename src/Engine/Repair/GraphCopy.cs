using System.Runtime.InteropServices;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Quantization;

namespace VectorCluster.Engine.Repair;

/// <summary>Copies a graph onto the places that a copy of the shard has, and links around those that it has
/// not.</summary>
/// <remarks>
/// A place keeps its level and the neighbours that were copied. In the room of the others come, by algorithm 4, places
/// that those linked to (as FreshDiskANN consolidates deletions, arXiv:2105.09613) or the kept ones link to, so a place
/// costs a fraction of what inserting it did; they link back as after an insertion. Places that no walk over level 0
/// comes to in the end are linked again. The original is searched and grows meanwhile; what joins it after the copy
/// began is left to be inserted.
/// </remarks>
/// <param name="end">Places of the original below are copied; all of them have their turn in the map.</param>
internal sealed class GraphCopy(VectorIndex from, VectorIndex to, PlaceMap map, int end)
{
    /// <summary>Dead places that are looked through for one list: past them a search for neighbours is
    /// cheaper.</summary>
    private const int MaxLookedThrough = 64;

    /// <summary>Codes copied in the time that linking a place takes, or less.</summary>
    private const int CodesPerPlace = 64;

    private readonly int _copies = CountCopies(map, end);
    private readonly List<int> _kept = [];
    private readonly List<int> _candidates = [];
    private readonly List<int> _lost = [];
    private readonly Queue<(int Place, int Neighbour, int Level)> _newLinks = new();
    private (int Place, int Level) _entryPoint = (0, -1);
    private int _nextCode;
    private int _next;
    private int _linked;
    private Reach? _reach;

    /// <summary>Copies or links some places.</summary>
    /// <returns>False: all are.</returns>
    public bool Step(int places, SearchScratch scratch)
    {
        if (to.Codes is { } codes && _nextCode < end)
        {
            CopyCodes(codes, from.Codes!, places * CodesPerPlace);
            return true;
        }

        if (_next < end)
        {
            for (var stop = Math.Min(end, _next + places); _next < stop; _next++)
                if (map[_next] >= 0 && from.Links.IsPresent(_next)) Copy(_next, map[_next], scratch);
            if (_next == end) EndCopying();
            return true;
        }

        for (var left = places; left > 0 && _newLinks.TryDequeue(out var link); left--)
            to.Builder.LinkBack(link.Place, link.Neighbour, link.Level, scratch);
        if (_newLinks.Count > 0) return true;
        _reach ??= new(to, _copies);
        return _reach.Step(places, scratch);
    }

    private static int CountCopies(PlaceMap map, int end)
    {
        for (var place = end - 1; place >= 0; place--)
            if (map[place] >= 0) return map[place] + 1;
        return 0;
    }

    /// <summary>Before any place is linked: a list is chosen by the codes of places that come after its own
    /// too.</summary>
    private void CopyCodes(CodeStore codes, CodeStore present, int most)
    {
        codes.Grow(_copies);
        for (var stop = Math.Min(end, _nextCode + most); _nextCode < stop; _nextCode++)
            if (map[_nextCode] >= 0 && from.Links.IsPresent(_nextCode))
                codes.Copy(map[_nextCode], present, _nextCode);
    }

    private void Copy(int place, int copy, SearchScratch scratch)
    {
        var level = from.Links.LevelOf(place);
        var firstUpper = to.Links.UpperCount;
        to.Links.Grow(_copies, firstUpper + level);
        to.Links.Initialize(copy, level, firstUpper);
        for (var at = 0; at <= level; at++) CopyList(place, copy, at, scratch);
        _linked++;
        if (level > _entryPoint.Level) _entryPoint = (copy, level);
    }

    private void CopyList(int place, int copy, int level, SearchScratch scratch)
    {
        _kept.Clear();
        _candidates.Clear();
        _lost.Clear();
        var wanted = Sort(place, level);
        if (_lost.Count > 0)
        {
            scratch.Reset(_copies);
            scratch.Visited.Visit(copy);
            foreach (var neighbour in _kept) scratch.Visited.Visit(neighbour);
            LookThroughLost(level, wanted, scratch);
            LookThroughKept(place, level, scratch);
        }

        var kept = CollectionsMarshal.AsSpan(_kept);
        to.Builder.Complete(copy, level, kept, CollectionsMarshal.AsSpan(_candidates), wanted, scratch);
        foreach (var neighbour in to.Links.Neighbours(copy, level))
            if (!_kept.Contains(neighbour)) _newLinks.Enqueue((copy, neighbour, level));
    }

    /// <summary>Tells the neighbours that were copied from those that were not.</summary>
    /// <returns>How many there are.</returns>
    private int Sort(int place, int level)
    {
        var neighbours = from.Links.Neighbours(place, level);
        foreach (var neighbour in neighbours)
        {
            if (neighbour >= end) continue; // joined since: it is inserted again
            var copy = map[neighbour];
            if (copy >= 0) _kept.Add(copy);
            else _lost.Add(neighbour);
        }

        return neighbours.Length;
    }

    /// <summary>Collects what the lost neighbours linked to, through other lost ones too where little comes of
    /// it.</summary>
    private void LookThroughLost(int level, int wanted, SearchScratch scratch)
    {
        var direct = _lost.Count;
        for (var i = 0; i < _lost.Count && i < MaxLookedThrough; i++)
        {
            if (i >= direct && _candidates.Count >= wanted) return;
            foreach (var neighbour in from.Links.Neighbours(_lost[i], level))
            {
                if (neighbour >= end) continue;
                var copy = map[neighbour];
                if (copy >= 0 && scratch.Visited.Visit(copy)) _candidates.Add(copy);
                else if (copy < 0 && !_lost.Contains(neighbour)) _lost.Add(neighbour);
            }
        }
    }

    /// <summary>Collects what the neighbours that stay link to: the lost ones knew a part of what is near
    /// only.</summary>
    private void LookThroughKept(int place, int level, SearchScratch scratch)
    {
        foreach (var kept in from.Links.Neighbours(place, level))
        {
            if (kept >= end || map[kept] < 0) continue;
            foreach (var neighbour in from.Links.Neighbours(kept, level))
            {
                if (neighbour < end && map[neighbour] is >= 0 and var copy && scratch.Visited.Visit(copy))
                    _candidates.Add(copy);
            }
        }
    }

    private void EndCopying()
    {
        to.Links.Grow(_copies, to.Links.UpperCount);
        to.Restore(_copies, _linked, _entryPoint);
    }
}
