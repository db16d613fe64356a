using VectorCluster.Engine.Hnsw;

namespace VectorCluster.Engine.Shards;

/// <summary>Adds what was written to the graphs of a state.</summary>
internal static class GraphGrowth
{
    /// <summary>Whether a vector has a graph, or points enough for one.</summary>
    public static bool IsWanted(ShardState state, VectorIndex index) =>
        index.GraphCount > 0 || state.Points.LiveCount >= Math.Max(1, index.Settings.Hnsw.ExactScanThreshold);

    /// <returns>An index whose graph lacks places; null: none does.</returns>
    public static VectorIndex? FindUnindexed(ShardState state)
    {
        foreach (var index in state.Vectors)
            if (index.IndexedUpTo < state.AppliedCount && IsWanted(state, index)) return index;
        return null;
    }

    /// <summary>Vectors that wait for a graph, over all names.</summary>
    public static long CountUnindexed(ShardState state)
    {
        var count = 0L;
        foreach (var index in state.Vectors)
            if (IsWanted(state, index)) count += state.Points.Count - index.IndexedUpTo;
        return count;
    }

    /// <summary>Bytes of those vectors: every search scans them.</summary>
    public static long UnindexedBytes(ShardState state)
    {
        var floats = 0L;
        foreach (var index in state.Vectors)
            if (IsWanted(state, index))
                floats += (long)(state.Points.Count - index.IndexedUpTo) * index.Vectors.PaddedDimension;
        return floats * sizeof(float);
    }

    /// <summary>Adds the next places to a graph.</summary>
    /// <returns>How many.</returns>
    public static int Add(ShardState state, VectorIndex index, int most, IReadOnlyList<SearchScratch> scratches)
    {
        lock (state.GraphGate)
        {
            var end = Math.Min(index.IndexedUpTo + most, state.AppliedCount);
            var places = LivePlaces(state, index, end);
            index.AddToGraph(places, end, scratches);
            return places.Length;
        }
    }

    /// <summary>Places of the next step that have the vector and are not deleted as far as any reader can
    /// see.</summary>
    private static int[] LivePlaces(ShardState state, VectorIndex index, int end)
    {
        var applied = state.AppliedLsn;
        var places = new List<int>(end - index.IndexedUpTo);
        for (var place = index.IndexedUpTo; place < end; place++)
        {
            ref var record = ref state.Points[place];
            var hasVector = (record.VectorMask & (1u << index.MaskBit)) != 0;
            if (hasVector && Volatile.Read(ref record.DeletedAt) > applied) places.Add(place);
        }

        return [.. places];
    }
}
