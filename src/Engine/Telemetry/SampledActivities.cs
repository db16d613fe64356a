using System.Diagnostics;

namespace VectorCluster.Engine.Telemetry;

/// <summary>Activities that are begun only where they can be recorded.</summary>
/// <remarks>A request that is not recorded has an activity that says so, or none at all: most have none, as each
/// continuation of a request restores what it carries, and that costs more than measuring it does.</remarks>
public static class SampledActivities
{
    /// <summary>Begins a part of what is recorded.</summary>
    /// <returns>Null: nothing is recorded here.</returns>
    public static Activity? StartPart(
        this ActivitySource source, string name, ActivityKind kind = ActivityKind.Internal) =>
        Activity.Current is { IsAllDataRequested: true } ? source.StartActivity(name, kind) : null;

    /// <summary>Begins something that may be done for nobody, and then is a trace of its own.</summary>
    /// <returns>Null: nobody listens, it is not sampled, or it is a part of something that is not.</returns>
    public static Activity? StartSampled(
        this ActivitySource source, string name, ActivityKind kind = ActivityKind.Internal) =>
        Activity.Current is { IsAllDataRequested: false } ? null : source.StartActivity(name, kind);
}
