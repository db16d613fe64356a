using System.Globalization;
using System.Text;

namespace VectorCluster.Ann.Bench;

/// <summary>Recall against queries a second, both on scales that show what matters: the logarithm of what recall lacks,
/// and of the rate.</summary>
internal sealed class SvgPlot(string title, IReadOnlyList<Curve> curves)
{
    private const double LowestRecall = 0.8;
    private const double HighestRecall = 0.995;
    private const int Left = 70;
    private const int Top = 40;
    private const int Width = 560;
    private const int Height = 340;
    private static readonly string[] Colours = ["#555555", "#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df"];
    private static readonly double[] RecallMarks = [0.8, 0.9, 0.95, 0.98, 0.99, 0.995];

    private readonly StringBuilder _svg = new();

    public string Draw()
    {
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"440\" font-family=\"sans-serif\">");
        Add($"<rect width=\"800\" height=\"440\" fill=\"white\"/>");
        Add($"<text x=\"{Left}\" y=\"24\" font-size=\"15\">{title}</text>");
        var rates = curves.SelectMany(Shown).Select(point => point.Qps).ToList();
        var lowest = Math.Pow(10, Math.Floor(Math.Log10(rates.Min()) * 2) / 2);
        var highest = Math.Pow(10, Math.Ceiling(Math.Log10(rates.Max()) * 2) / 2);
        DrawAxes(lowest, highest);
        for (var i = 0; i < curves.Count; i++)
        {
            var colour = Colours[i % Colours.Length];
            var line = Shown(curves[i]).Select(point => string.Create(
                CultureInfo.InvariantCulture, $"{X(point.Recall):0.0},{Y(point.Qps, lowest, highest):0.0}"));
            var points = string.Join(' ', line);
            Add($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{points}\"/>");
            var y = Top + 14 + (20 * i);
            var x = Left + Width + 14;
            Add($"<text x=\"{x}\" y=\"{y}\" font-size=\"13\" fill=\"{colour}\">{curves[i].Name}</text>");
        }

        Add($"</svg>");
        return _svg.ToString();
    }

    private static IEnumerable<CurvePoint> Shown(Curve curve) =>
        curve.Points.Where(point => point.Recall is >= LowestRecall and <= HighestRecall);

    private static double X(double recall)
    {
        var (from, to) = (Math.Log(1 - LowestRecall), Math.Log(1 - HighestRecall));
        return Left + (Width * (Math.Log(1 - recall) - from) / (to - from));
    }

    private static double Y(double qps, double lowest, double highest) =>
        Top + Height - (Height * Math.Log(qps / lowest) / Math.Log(highest / lowest));

    private void DrawAxes(double lowest, double highest)
    {
        foreach (var recall in RecallMarks)
        {
            Line(X(recall), Top, X(recall), Top + Height);
            Add($"<text x=\"{X(recall) - 14:0}\" y=\"{Top + Height + 18}\" font-size=\"12\">{recall}</text>");
        }

        for (var decade = Math.Pow(10, Math.Floor(Math.Log10(lowest))); decade <= highest; decade *= 10)
        {
            foreach (var rate in new[] { decade, 2 * decade, 5 * decade })
            {
                if (rate < lowest || rate > highest) continue;
                var y = Y(rate, lowest, highest);
                Line(Left, y, Left + Width, y);
                Add($"<text x=\"{Left - 8}\" y=\"{y + 4:0}\" font-size=\"12\" text-anchor=\"end\">{rate:N0}</text>");
            }
        }

        Add($"<text x=\"{Left + 250}\" y=\"{Top + Height + 40}\" font-size=\"13\">recall@10</text>");
        Add($"<text x=\"{Left - 60}\" y=\"{Top - 4}\" font-size=\"13\">queries/s</text>");
    }

    private void Line(double x1, double y1, double x2, double y2) =>
        Add($"<line x1=\"{x1:0.0}\" y1=\"{y1:0.0}\" x2=\"{x2:0.0}\" y2=\"{y2:0.0}\" stroke=\"#dddddd\"/>");

    private void Add(FormattableString line) => _svg.Append(FormattableString.Invariant(line)).Append('\n');
}
