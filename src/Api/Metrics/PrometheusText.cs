using System.Globalization;
using System.Text;

namespace VectorCluster.Api;

/// <summary>Prometheus' text exposition, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IReadOnlyList<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var family in families)
        {
            text.Append("# HELP ").Append(family.Name).Append(' ').Append(EscapeHelp(family.Help)).Append('\n');
            text.Append("# TYPE ").Append(family.Name).Append(' ').Append(TypeOf(family.Kind)).Append('\n');
            foreach (var (labels, series) in family.Series)
            {
                if (family.Kind == MetricKind.Histogram)
                    AppendHistogram(text, family.Name, labels, series);
                else
                    AppendSample(text, family.Name, labels, series.Read().Value);
            }
        }

        return text.ToString();
    }

    /// <summary>A metric's or label's name, with what Prometheus forbids replaced.</summary>
    public static string NameOf(string name)
    {
        var result = new StringBuilder(name.Length);
        foreach (var c in name) result.Append(char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_');
        if (result.Length == 0 || char.IsAsciiDigit(result[0])) result.Insert(0, '_');
        return result.ToString();
    }

    public static void AppendEscaped(StringBuilder text, string value)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append(@"\n"),
                _ => text.Append(c),
            };
        }
    }

    private static void AppendHistogram(StringBuilder text, string name, string labels, MetricSeries series)
    {
        var (sum, count, buckets) = series.Read();
        for (var i = 0; i < buckets.Length; i++)
            AppendSample(text, name + "_bucket", Join(labels, $"le=\"{Number(MetricSeries.Bounds[i])}\""), buckets[i]);
        AppendSample(text, name + "_bucket", Join(labels, "le=\"+Inf\""), count);
        AppendSample(text, name + "_sum", labels, sum);
        AppendSample(text, name + "_count", labels, count);
    }

    private static void AppendSample(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Join(string labels, string label) => labels.Length == 0 ? label : labels + "," + label;

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string EscapeHelp(string help) =>
        help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };
}
