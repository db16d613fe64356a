using System.Globalization;

namespace VectorCluster.Storage.Bench;

/// <summary>Rates of two ways to do the same, measured in turns; their medians and the ratio.</summary>
internal sealed class Report(string title, string unit)
{
    private readonly Dictionary<string, List<double>> _rates = new(StringComparer.Ordinal);

    public void Add(string way, double rate)
    {
        if (!_rates.TryGetValue(way, out var rates)) _rates[way] = rates = [];
        rates.Add(rate);
    }

    /// <param name="ours">The way whose share of the others is told.</param>
    public void Write(string ours)
    {
        Console.WriteLine(title);
        var own = Median(ours);
        foreach (var way in _rates.Keys)
        {
            var share = way == ours ? "" : FormattableString.Invariant($"   ours is {own / Median(way):P0} of it");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {way,-44} {Median(way),12:N1} {unit}{share}"));
        }
    }

    private double Median(string way)
    {
        var sorted = _rates[way].Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
