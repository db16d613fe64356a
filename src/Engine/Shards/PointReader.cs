using VectorCluster.Engine.Points;

namespace VectorCluster.Engine.Shards;

/// <summary>Makes points of places, with as much of them as a request wants.</summary>
internal sealed class PointReader(ShardState state)
{
    public StoredPoint Read(int place, PayloadSelector payload, VectorSelector vectors) => new(
        state.Points.IdOf(place),
        new(Volatile.Read(ref state.Points[place].Version)),
        payload.Selection == PayloadSelection.None
            ? null
            : PayloadEditor.Select(state.Points.PayloadOf(place), payload),
        vectors.IsNone ? null : ReadVectors(place, vectors.Names));

    /// <summary>The point of a hit, which another state may have had at that place.</summary>
    public StoredPoint Read(ShardPlace hit, PayloadSelector payload, VectorSelector vectors)
    {
        var points = state.Points;
        if ((uint)hit.Place < (uint)points.Count && points.CompareIdTo(hit.Place, hit.Id) == 0)
            return Read(hit.Place, payload, vectors);
        if (points.Find(hit.Id) is var place and >= 0) return Read(place, payload, vectors);
        var isBare = payload.Selection == PayloadSelection.None;
        return new(hit.Id, Lsn.None, isBare ? null : Payload.Empty, vectors.IsNone ? null : new([]));
    }

    private VectorSet ReadVectors(int place, IReadOnlyList<string>? names)
    {
        var mask = state.Points[place].VectorMask;
        var found = new List<KeyValuePair<string, ReadOnlyMemory<float>>>();
        foreach (var index in state.Vectors)
        {
            var name = state.VectorNames[index.MaskBit].Key;
            if ((mask & (1u << index.MaskBit)) == 0 || names?.Contains(name) == false) continue;
            found.Add(new(name, index.Vectors.Read(place).ToArray()));
        }

        return new(found);
    }
}
