using System.Diagnostics.Metrics;
using VectorCluster.Grains.Loads;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Grains.Telemetry;

/// <summary>Gauges of one silo, and of the cluster as this silo knows it.</summary>
internal sealed class SiloMeter
{
    public SiloMeter(IMeterFactory factory, SiloLoads loads, SiloShards shards)
    {
        var meter = factory.Create("VectorCluster.Silo");
        meter.CreateObservableGauge(
            "vector_silos", () => CountByState(loads), null, "Silos of the cluster, as this one knows them.");
        meter.CreateObservableGauge("vector_silo_shards", () => shards.Count, null, "Shards that this silo has.");
        meter.CreateObservableGauge(
            "vector_silo_memory_bytes",
            () => shards.ResidentBytes,
            "By",
            "Memory of this silo's shards, those being loaded included.");
        meter.CreateObservableGauge(
            "vector_silo_memory_budget_bytes", () => shards.BudgetBytes, "By", "What this silo's shards may take.");
        meter.CreateObservableGauge(
            "vector_silo_damaged_shards", () => shards.Failures.Count, null, "Shards that this silo found damaged.");
    }

    private static IEnumerable<Measurement<long>> CountByState(SiloLoads loads)
    {
        var all = loads.All;
        var draining = all.Count(load => load.IsDraining);
        yield return new(all.Count - draining, new KeyValuePair<string, object?>("state", "serving"));
        yield return new(draining, new KeyValuePair<string, object?>("state", "draining"));
    }
}
