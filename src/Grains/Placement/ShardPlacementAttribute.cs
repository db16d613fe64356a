using Orleans.Placement;
using Orleans.Runtime;

namespace VectorCluster.Grains.Placement;

/// <summary>Places an activation by <see cref="ShardPlacementDirector"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ShardPlacementAttribute() : PlacementAttribute(new ShardPlacement());

/// <summary>By what silos hold.</summary>
[Serializable]
public sealed class ShardPlacement : PlacementStrategy;
