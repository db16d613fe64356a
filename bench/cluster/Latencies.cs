using System.Diagnostics;

namespace VectorCluster.Cluster.Bench;

/// <summary>How long calls took.</summary>
internal sealed class Latencies
{
    private readonly List<double> _microseconds = [];

    public double Median => Quantile(0.5);

    public double Quantile(double share)
    {
        var sorted = _microseconds.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
    }

    public async Task MeasureAsync(Func<Task> call)
    {
        var from = Stopwatch.GetTimestamp();
        await call();
        Add(Stopwatch.GetElapsedTime(from));
    }

    public void Add(TimeSpan took)
    {
        lock (_microseconds) _microseconds.Add(took.TotalMicroseconds);
    }
}
