namespace VectorCluster;

/// <summary>A point to write: it replaces whatever the namespace holds under the same id.</summary>
/// <param name="Vectors">Any subset of the collection's vectors, each float32[dimension], all finite.</param>
public sealed record Point(PointId Id, VectorSet Vectors, Payload Payload)
{
    public Point(PointId id, VectorSet vectors)
        : this(id, vectors, Payload.Empty)
    {
    }
}

/// <summary>A point as it was read.</summary>
/// <param name="Version">LSN of its last write in its shard.</param>
/// <param name="Payload">Null: not asked for.</param>
/// <param name="Vectors">Null: not asked for. Vectors under cosine come back with length 1, as they are stored.</param>
public sealed record StoredPoint(PointId Id, Lsn Version, Payload? Payload = null, VectorSet? Vectors = null);
