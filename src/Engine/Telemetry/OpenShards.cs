using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Telemetry;

/// <summary>The shards that this process has in memory, as gauges.</summary>
/// <remarks>Tenants may be very many, and each label value is a time series here and in the monitoring system: the
/// namespaces with the most points have one of their own, all others share one.</remarks>
internal static class OpenShards
{
    /// <summary>Namespaces with a time series of their own.</summary>
    public const int MaxNamespaces = 100;

    private const string Other = "other";

    private static readonly ConcurrentDictionary<Shard, byte> All = new();
    private static volatile IReadOnlyList<ShardSize> _sizes = [];

    public static void Add(Shard shard) => All.TryAdd(shard, 0);

    public static void Remove(Shard shard) => All.TryRemove(shard, out _);

    /// <remarks>Shards may be very many too, so one walk over them serves all gauges: that of the first, which
    /// listeners ask first.</remarks>
    public static void Observe(Meter meter)
    {
        meter.CreateObservableGauge("vector_shards_open", MeasureAll, null, "Shards in memory here.");
        meter.CreateObservableGauge(
            "vector_shard_memory_bytes", () => _sizes.Sum(shard => shard.Bytes), "By", "Memory of the shards here.");
        meter.CreateObservableGauge(
            "vector_database_size", () => _sizes.Sum(shard => shard.Points), null, "Points in memory here.");
        meter.CreateObservableGauge(
            "vector_namespaces_total",
            () => _sizes.Select(shard => (shard.Id.Collection, shard.Id.Namespace)).Distinct().Count(),
            null,
            "Namespaces in memory here.");
        meter.CreateObservableGauge(
            "vector_count_per_namespace",
            () => ByNamespace(_sizes.Select(shard => (shard.Id, shard.Points))),
            null,
            $"Points in memory here of the {MaxNamespaces} namespaces that have the most, and of all others together.");
    }

    public static IEnumerable<Measurement<long>> ByNamespace(IEnumerable<(ShardId Shard, long Points)> shards)
    {
        var sizes = shards
            .GroupBy(shard => (shard.Shard.Collection, shard.Shard.Namespace), shard => shard.Points)
            .Select(group => (group.Key, Points: group.Sum()))
            .OrderByDescending(item => item.Points)
            .ToList();
        foreach (var ((collection, name), points) in sizes.Take(MaxNamespaces))
            yield return new(points, new("collection", collection), new("namespace", name));
        if (sizes.Count > MaxNamespaces)
            yield return new(
                sizes.Skip(MaxNamespaces).Sum(item => item.Points), new("collection", Other), new("namespace", Other));
    }

    private static int MeasureAll()
    {
        var sizes = new List<ShardSize>();
        foreach (var (shard, _) in All)
            if (shard.TryMeasure(out var points, out var bytes)) sizes.Add(new(shard.Id, points, bytes));
        _sizes = sizes;
        return sizes.Count;
    }

    private readonly record struct ShardSize(ShardId Id, long Points, long Bytes);
}
