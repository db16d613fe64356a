using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace VectorCluster.Api;

/// <summary>Keeps the current value of every instrument whose meter is ours, for <c>GET /metrics</c>.</summary>
/// <remarks>
/// Listens to the meters of this host's factory and to the unowned ones named <c>VectorCluster…</c> (the engine's). Two
/// hosts in one process keep apart. What is measured before <see cref="Start"/> is not counted.
/// </remarks>
internal sealed class MetricStore(IMeterFactory factory) : IDisposable
{
    /// <summary>Most time series of one instrument; a label that grows without bound must not take the
    /// memory.</summary>
    public const int MaxSeries = 4_096;

    private const string MeterPrefix = "VectorCluster";
    private const string ConnectionsName = "vector_backend_connections_active";

    private readonly ConcurrentDictionary<Instrument, MetricFamily> _families = new();
    private readonly Lock _startLock = new();
    private MeterListener? _listener;

    public void Start()
    {
        lock (_startLock)
        {
            if (_listener is not null) return;
            _listener = new MeterListener { InstrumentPublished = Subscribe };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
            _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record(family, value, tags));
            _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
            _listener.Start();
        }
    }

    /// <summary>Asks the observable instruments for their values, then returns all families by name.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        lock (_startLock) // one at a time: each begins observed families anew
        {
            foreach (var (instrument, family) in _families)
                if (instrument.IsObservable) family.Clear();
            _listener?.RecordObservableInstruments();
        }

        return [.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)];
    }

    public void Dispose() => _listener?.Dispose();

    private void Subscribe(Instrument instrument, MeterListener listener)
    {
        var isOurs = instrument.Meter.Scope is null
            ? instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal)
            : ReferenceEquals(instrument.Meter.Scope, factory)
                && instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal);
        var isConnections = IsConnections(instrument);
        if (!isOurs && !isConnections) return;
        var family = isConnections ? Connections() : MetricFamily.For(instrument);
        if (_families.TryAdd(instrument, family)) listener.EnableMeasurementEvents(instrument, family);
    }

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var family = (MetricFamily)state!;
        if (family.Name != ConnectionsName) family.Record(value, tags);
        else if (IsUsed(tags)) family.Record(value, []);
    }

    /// <summary>Npgsql's connections by pool and state, of which those in use count here, of all pools
    /// together.</summary>
    private static bool IsConnections(Instrument instrument) =>
        instrument.Meter.Name == "Npgsql" && instrument.Name == "db.client.connection.count";

    private static MetricFamily Connections() => new(
        ConnectionsName, "Connections to PostgreSQL in use.", MetricKind.Gauge, isTotal: false);

    private static bool IsUsed(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (key, value) in tags)
            if (key == "db.client.connection.state") return value is "used";
        return false;
    }
}
