namespace VectorCluster.Api;

/// <summary>One time series: a number, or a histogram of durations.</summary>
internal sealed class MetricSeries(MetricKind kind)
{
    /// <summary>Upper bounds of the buckets in seconds: from a search in cache to a request that times out.</summary>
    private static readonly double[] BucketBounds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    // How many measurements were the bucket's bound at most, and more than that of the one before.
    private readonly long[]? _buckets = kind == MetricKind.Histogram ? new long[BucketBounds.Length] : null;
    private readonly Lock _lock = new();
    private double _value;
    private long _count;

    public static ReadOnlySpan<double> Bounds => BucketBounds;

    /// <param name="isTotal">The value is where the series stands now; false: it is added.</param>
    public void Record(double value, bool isTotal)
    {
        lock (_lock)
        {
            _value = isTotal ? value : _value + value;
            _count++;
            if (_buckets is null) return;
            var bucket = 0;
            while (bucket < BucketBounds.Length && value > BucketBounds[bucket]) bucket++;
            if (bucket < _buckets.Length) _buckets[bucket]++;
        }
    }

    /// <returns>The value (of a histogram: the sum), the number of measurements, and per bucket how many were at most
    /// its bound.</returns>
    public (double Value, long Count, long[] Buckets) Read()
    {
        lock (_lock)
        {
            long[] buckets = [.. _buckets ?? []];
            for (var i = 1; i < buckets.Length; i++) buckets[i] += buckets[i - 1];
            return (_value, _count, buckets);
        }
    }
}
