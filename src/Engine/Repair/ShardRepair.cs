using System.Diagnostics;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Repair;

/// <summary>Makes a copy of a shard's state without what was deleted and replaced, beside readers and writers, step by
/// step, and puts it in the state's place.</summary>
/// <remarks>
/// First the live points are copied; from then on what is written to the original is done to the copy in every step.
/// Then the graphs are copied and linked around what is gone (<see cref="GraphCopy"/>), and the points that came since
/// are inserted. When the copy's graphs are as far as the original's the two change places: one moment under the
/// original's gates. Until then nobody sees the copy, no checkpoint has anything of it, and dropping it loses nothing.
/// </remarks>
internal sealed class ShardRepair(CurrentState current) : IDisposable
{
    /// <summary>Points copied under the writers' gate at a time: some tenths of a millisecond.</summary>
    private const int PointsPerSlice = 256;

    /// <summary>Places of a graph linked in a step: a few milliseconds.</summary>
    private const int PlacesPerStep = 64;

    private readonly ShardState _from = current.Now;
    private readonly ShardState _to = current.Now.NewEmpty();
    private readonly PlaceMap _map = new();
    private readonly Queue<GraphCopy> _graphs = new();
    private bool _isFollowing;
    private bool _hasGraphs;

    /// <summary>Whether only what came since is left to be done. The original's graphs need no more of it: they are
    /// about to go.</summary>
    public bool IsCatchingUp => _hasGraphs && _graphs.Count == 0;

    public bool IsDone { get; private set; }

    /// <summary>Bytes of the copy.</summary>
    public long ResidentBytes => _to.ResidentBytes + _map.ResidentBytes;

    /// <summary>Does some more, on one thread. Not beside additions to the original's graphs.</summary>
    public void Step(IReadOnlyList<SearchScratch> scratches)
    {
        Debug.Assert(!IsDone);
        var isCopied = CopyPoints();
        if (!_hasGraphs)
        {
            if (isCopied) StartGraphs();
        }
        else if (_graphs.TryPeek(out var graph))
        {
            if (!graph.Step(PlacesPerStep, scratches[0])) _graphs.Dequeue();
        }
        else if (GraphGrowth.FindUnindexed(_to) is { } index && IsBehind())
        {
            GraphGrowth.Add(_to, index, PlacesPerStep, scratches);
        }
        else
        {
            IsDone = TryReplace();
        }
    }

    /// <summary>Frees the copy, unless it is in use.</summary>
    public void Dispose()
    {
        lock (_from.Gate) _from.StopFollowingNeedsLock();
        if (!IsDone) _to.Dispose();
    }

    /// <returns>Whether the copy has all points, as they were a moment ago.</returns>
    private bool CopyPoints()
    {
        lock (_from.Gate)
        {
            if (!_isFollowing) _from.FollowTouchedNeedsLock();
            _isFollowing = true;
            return CopyPointsNeedsLock();
        }
    }

    private bool CopyPointsNeedsLock()
    {
        foreach (var place in _from.TakeTouchedNeedsLock())
            if (_map[place] is var copy and >= 0) _to.UpdateCopy(copy, _from, place);
        var points = _from.Points;
        for (var left = PointsPerSlice; left > 0 && _map.Count < points.Count; left--)
        {
            if (points.IsLive(_map.Count)) _map.AddCopy(_to.AddCopy(_from, _map.Count));
            else _map.AddLeft();
        }

        if (_map.Count < points.Count) return false;
        _to.PublishCopyOf(_from);
        return true;
    }

    /// <summary>A graph that became too small to pay is left out.</summary>
    private void StartGraphs()
    {
        foreach (var (from, to) in _from.Vectors.Zip(_to.Vectors))
        {
            if (from.GraphCount > 0 && GraphGrowth.IsWanted(_to, to))
                _graphs.Enqueue(new(from, to, _map, from.IndexedUpTo));
        }

        _hasGraphs = true;
    }

    /// <summary>Whether searches of the copy would have to scan more than those of the original.</summary>
    private bool IsBehind() => GraphGrowth.CountUnindexed(_to) > GraphGrowth.CountUnindexed(_from);

    private bool TryReplace()
    {
        lock (_from.GraphGate)
        {
            lock (_from.Gate)
            {
                if (!CopyPointsNeedsLock()) return false;
                _to.ReplaceStored(_from);
                current.ReplaceNeedsLock(_to);
                return true;
            }
        }
    }
}
