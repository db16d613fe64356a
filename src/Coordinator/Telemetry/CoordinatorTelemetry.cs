using System.Diagnostics;
using VectorCluster.Engine.Telemetry;

namespace VectorCluster.Coordinator.Telemetry;

/// <summary>The coordinator's part of a trace: the operation, and each call of a shard.</summary>
public static class CoordinatorTelemetry
{
    /// <summary>Of the activities.</summary>
    public const string Name = "VectorCluster.Coordinator";

    private static readonly ActivitySource Activities = new(Name);

    /// <returns>Null: nobody listens, or this trace is not sampled.</returns>
    internal static Activity? Start(string operation, string collection, string name)
    {
        var activity = Activities.StartSampled(operation);
        if (activity is not { IsAllDataRequested: true }) return activity;
        activity.SetTag("db.system.name", "vectorcluster");
        activity.SetTag("db.operation.name", operation);
        activity.SetTag("db.collection.name", collection);
        activity.SetTag("db.namespace", name);
        return activity;
    }

    internal static Activity? StartCall(ShardId shard)
    {
        var activity = Activities.StartSampled("call shard", ActivityKind.Client);
        if (activity is not { IsAllDataRequested: true }) return activity;
        activity.SetTag("db.collection.name", shard.Collection);
        activity.SetTag("db.namespace", shard.Namespace);
        activity.SetTag("vectorcluster.shard", shard.Index);
        return activity;
    }
}
