using System.Diagnostics;

namespace VectorCluster.Engine.Telemetry;

/// <summary>Activities within a trace of which it is decided already whether it is recorded.</summary>
public static class SampledActivities
{
    /// <summary>Begins an activity within the current one.</summary>
    /// <returns>Null: nobody listens, or the current one is not recorded, which most are not: samplers would say the
    /// same of this one, and asking them for each part of each search is what tracing costs most for.</returns>
    public static Activity? StartSampled(
        this ActivitySource source, string name, ActivityKind kind = ActivityKind.Internal) =>
        Activity.Current is { IsAllDataRequested: false } ? null : source.StartActivity(name, kind);
}
