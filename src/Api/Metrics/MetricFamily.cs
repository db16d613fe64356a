using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace VectorCluster.Api;

/// <summary>One instrument with all its series.</summary>
/// <remarks>Its measurements come with the same labels in the same order each time, so that values tell series
/// apart: a search is measured several times, and writing labels out each time would cost more than the rest.</remarks>
internal sealed class MetricFamily(string name, string help, MetricKind kind, bool isTotal)
{
    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<LabelValues, MetricSeries> _known = new();

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
    public void Clear()
    {
        _known.Clear();
        _series.Clear();
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length > LabelValues.MaxCount)
        {
            SeriesOf(tags)?.Record(value, isTotal);
            return;
        }

        var values = LabelValues.Of(tags);
        if (!_known.TryGetValue(values, out var series))
        {
            series = SeriesOf(tags);
            if (series is null) return;
            if (_known.Count < MetricStore.MaxSeries) _known.TryAdd(values, series);
        }

        series.Record(value, isTotal);
    }

    /// <returns>Null: there are too many.</returns>
    private MetricSeries? SeriesOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = LabelsOf(tags);
        if (_series.TryGetValue(labels, out var series)) return series;
        return _series.Count < MetricStore.MaxSeries ? _series.GetOrAdd(labels, _ => new MetricSeries(kind)) : null;
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
