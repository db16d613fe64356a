using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace VectorCluster.Api;

/// <summary>One instrument with all its series.</summary>
internal sealed class MetricFamily(string name, string help, MetricKind kind, bool isTotal)
{
    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);

    public string Name => name;

    public string Help => help;

    public MetricKind Kind => kind;

    /// <summary>Series by their labels' text, as the exposition shows it: <c>method="GET",status="200"</c>.</summary>
    public IEnumerable<KeyValuePair<string, MetricSeries>> Series =>
        _series.OrderBy(series => series.Key, StringComparer.Ordinal);

    public static MetricFamily For(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        var kind = type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
        // Counters report what is added; observable ones and plain gauges report where they stand.
        var isTotal = instrument.IsObservable || type == typeof(Gauge<>);
        return new(PrometheusText.NameOf(instrument.Name), instrument.Description ?? "", kind, isTotal);
    }

    /// <summary>Forgets all series: observed ones are told anew each time, and may have gone.</summary>
    public void Clear() => _series.Clear();

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = LabelsOf(tags);
        if (!_series.TryGetValue(labels, out var series))
        {
            if (_series.Count >= MetricStore.MaxSeries) return;
            series = _series.GetOrAdd(labels, _ => new MetricSeries(kind));
        }

        series.Record(value, isTotal);
    }

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(PrometheusText.NameOf(key)).Append("=\"");
            PrometheusText.AppendEscaped(text, value?.ToString() ?? "");
            text.Append('"');
        }

        return text.ToString();
    }
}

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}
