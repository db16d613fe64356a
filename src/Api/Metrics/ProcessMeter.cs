using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VectorCluster.Api;

/// <summary>Gauges of the process, named as Prometheus' own clients name them.</summary>
internal sealed class ProcessMeter
{
    public ProcessMeter(IMeterFactory factory)
    {
        var meter = factory.Create(ApiMeter.Name);
        meter.CreateObservableGauge(
            "process_resident_memory_bytes", () => Environment.WorkingSet, "By", "Resident memory.");
        meter.CreateObservableGauge(
            "process_start_time_seconds", () => StartSeconds, "s", "Start of the process, in seconds since 1970.");
        meter.CreateObservableCounter(
            "process_cpu_seconds_total",
            () => Environment.CpuUsage.TotalTime.TotalSeconds,
            "s",
            "User and system CPU time.");
        meter.CreateObservableGauge(
            "dotnet_gc_heap_bytes", () => GC.GetTotalMemory(forceFullCollection: false), "By", "Managed heap.");
        meter.CreateObservableGauge(
            "dotnet_threadpool_threads", () => ThreadPool.ThreadCount, null, "Threads of the pool.");
        meter.CreateObservableGauge(
            "dotnet_threadpool_queue_length",
            () => ThreadPool.PendingWorkItemCount,
            null,
            "Work items that wait for a thread.");
    }

    private static double StartSeconds { get; } = ReadStartSeconds();

    private static double ReadStartSeconds()
    {
        using var process = Process.GetCurrentProcess();
        return (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;
    }
}
