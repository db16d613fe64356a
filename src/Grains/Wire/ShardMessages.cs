using VectorCluster.Engine.Shards;

namespace VectorCluster.Grains.Wire;

/// <summary>Asks for points by their ids.</summary>
public sealed record PointsByIds(IReadOnlyList<PointId> Ids, PayloadSelector Payload, VectorSelector Vectors);

/// <summary>Asks for points by the places that a search named.</summary>
public sealed record PointsByPlaces(
    IReadOnlyList<ShardPlace> Hits, PayloadSelector Payload, VectorSelector Vectors);

/// <summary>Asks for points in the order of their ids.</summary>
/// <param name="From">First id, itself included; null: from the start.</param>
/// <param name="Limit">From 1.</param>
public sealed record PointsInOrder(
    PointId? From, int Limit, Filter? Filter, PayloadSelector Payload, VectorSelector Vectors);
