using System.Diagnostics;

namespace VectorCluster.Ann.Bench;

/// <summary>How long searches took, in microseconds, by what the shard did meanwhile.</summary>
internal sealed class Latencies
{
    private readonly List<double> _microseconds = [];

    public int Count => _microseconds.Count;

    public void AddSince(long timestamp) => _microseconds.Add(Stopwatch.GetElapsedTime(timestamp).TotalMicroseconds);

    public double Quantile(double share)
    {
        _microseconds.Sort();
        return Count == 0 ? double.NaN : _microseconds[Math.Min(Count - 1, (int)(Count * share))];
    }
}
