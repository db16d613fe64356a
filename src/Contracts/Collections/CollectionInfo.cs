namespace VectorCluster;

/// <summary>State of a collection, summed over its namespaces and shards.</summary>
/// <param name="PointCount">Live points.</param>
/// <param name="VectorCount">Vectors of live points, over all names.</param>
/// <param name="IndexedVectorCount">Vectors that a graph covers; the others are scanned exactly.</param>
/// <param name="Failures">Shards that do not serve or can't checkpoint, with the reason.</param>
public sealed record CollectionInfo(
    string Name,
    CollectionSettings Settings,
    CollectionStatus Status,
    long PointCount,
    long VectorCount,
    long IndexedVectorCount,
    int NamespaceCount,
    int ShardCount,
    IReadOnlyDictionary<string, long> PayloadIndexPoints,
    IReadOnlyList<ShardFailure> Failures);

public enum CollectionStatus
{
    /// <summary>Everything serves, and every vector that shall be in a graph is.</summary>
    Green,

    /// <summary>Everything serves; vectors are still being added to a graph.</summary>
    Yellow,

    /// <summary>A shard does not serve, or can't checkpoint.</summary>
    Red,
}

/// <summary>One tenant's part of a collection.</summary>
public sealed record NamespaceInfo(string Collection, string Name, int ShardCount, long PointCount);

/// <summary>Whether the database is ready, and what it waits for.</summary>
/// <param name="WaitingFor">Sentences for an operator; empty when ready.</param>
public sealed record DatabaseStatus(
    bool IsReady, IReadOnlyList<string> WaitingFor, IReadOnlyList<ShardFailure> Failures);
