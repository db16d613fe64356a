using System.Diagnostics;
using System.Runtime.InteropServices;

namespace VectorCluster.Engine.Shards;

/// <content>What repair needs to make a copy beside a state that goes on changing, without what is dead.</content>
internal sealed partial class ShardState
{
    private List<int>? _touched; // null: nobody follows

    /// <summary>A state without points for the same collection.</summary>
    public ShardState NewEmpty() => new(_settings with { PayloadIndexes = KindsByPath() }, _instructionSet);

    /// <summary>From now on notes which places end or get another payload. Under <see cref="Gate"/>.</summary>
    public void FollowTouchedNeedsLock() => _touched = [];

    public void StopFollowingNeedsLock() => _touched = null;

    /// <returns>The places that ended, or got another payload, since the last call; some more than once. Under
    /// <see cref="Gate"/>.</returns>
    public IReadOnlyList<int> TakeTouchedNeedsLock()
    {
        var touched = _touched!;
        if (touched.Count == 0) return [];
        _touched = [];
        return touched;
    }

    /// <summary>Takes in a live point of another state as it is there. The caller holds the other one's gate; nobody
    /// reads this one.</summary>
    /// <returns>Its place.</returns>
    public int AddCopy(ShardState from, int place)
    {
        var payload = from.Points.PayloadOf(place);
        var copy = Points.Count;
        foreach (var (to, present) in Vectors.Zip(from.Vectors))
        {
            to.Vectors.Grow(copy + 1);
            if ((from.Points[place].VectorMask & (1u << to.MaskBit)) == 0) continue;
            to.Vectors.Write(copy, MemoryMarshal.AsBytes(present.Vectors.Read(place)));
        }

        Points.AppendCopy(from.Points, place);
        foreach (var index in _payloadIndexes) index.Set(copy, payload);
        return copy;
    }

    /// <summary>Makes a copied point what the one is by now that it was copied from.</summary>
    public void UpdateCopy(int copy, ShardState from, int place)
    {
        var version = Volatile.Read(ref from.Points[place].Version);
        if (from.Points.IsLive(place)) SetPayload(copy, version, from.Points.PayloadOf(place));
        else if (Points.IsLive(copy))
        {
            Retire(copy);
            Points.Delete(copy, from.Points[place].DeletedAt);
        }
    }

    /// <summary>Makes the copy as new as what it was copied from, which it has all points of.</summary>
    public void PublishCopyOf(ShardState from)
    {
        LastErasureLsn = from.LastErasureLsn;
        Publish(new(from.AppliedLsn));
    }

    /// <summary>Makes ready to be checkpointed in the place of another state.</summary>
    public void ReplaceStored(ShardState from)
    {
        Debug.Assert(from.AppliedLsn == AppliedLsn && from.Points.LiveCount == Points.LiveCount);
        foreach (var (to, present) in Regions.Zip(from.Regions)) to.ReplaceStored(present);
        var wanted = from.KindsByPath();
        if (!wanted.OrderBy(entry => entry.Key).SequenceEqual(KindsByPath().OrderBy(entry => entry.Key)))
            SetPayloadIndexes(wanted);
    }

    private Dictionary<string, PayloadIndexKind> KindsByPath() =>
        PayloadIndexes.ToDictionary(index => index.Path.Text, index => index.Kind);
}
