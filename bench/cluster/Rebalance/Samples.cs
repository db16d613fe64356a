using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace VectorCluster.Cluster.Bench;

/// <param name="At">When the call was sent.</param>
/// <param name="Failure">Null if it was answered.</param>
internal sealed record Sample(DateTimeOffset At, TimeSpan Took, string Door, string? Failure);

/// <summary>Calls of one kind, how long each took, and what failed.</summary>
internal sealed class Samples
{
    private readonly ConcurrentQueue<Sample> _all = new();

    /// <returns>Whether the call was answered.</returns>
    public async Task<bool> MeasureAsync(string door, Func<Task> callAsync)
    {
        var (at, from) = (TimeProvider.System.GetUtcNow(), Stopwatch.GetTimestamp());
        string? failure = null;
        try
        {
            await callAsync();
        }
        catch (Exception exception)
        {
            failure = $"{exception.GetType().Name}: {exception.Message}";
        }

        _all.Enqueue(new(at, Stopwatch.GetElapsedTime(from), door, failure));
        return failure is null;
    }

    /// <summary>Those that were sent in a time.</summary>
    public Window Between(DateTimeOffset from, DateTimeOffset to) =>
        new([.. _all.Where(sample => sample.At >= from && sample.At < to)], to - from);
}

internal sealed class Window(IReadOnlyList<Sample> samples, TimeSpan length)
{
    private readonly List<double> _milliseconds =
        [.. samples.Where(sample => sample.Failure is null).Select(sample => sample.Took.TotalMilliseconds).Order()];

    public IReadOnlyList<Sample> Failures { get; } = [.. samples.Where(sample => sample.Failure is not null)];

    public double P99 => Quantile(0.99);

    public string Describe(string what) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {what,-34} {samples.Count,6:N0} in {length.TotalSeconds,5:N1} s   p50 {Quantile(0.5),7:N1} ms   "
        + $"p99 {P99,7:N1} ms   worst {Quantile(1),7:N1} ms   failed {Failures.Count}");

    /// <summary>Each failure with how often it came, by door.</summary>
    public void PrintFailures(string what)
    {
        foreach (var (failure, count) in Failures.CountBy(sample => $"{sample.Door}: {sample.Failure}"))
            Console.WriteLine($"  failed {what} ({count}) through {failure}");
    }

    private double Quantile(double share) => _milliseconds.Count == 0
        ? 0
        : _milliseconds[Math.Min(_milliseconds.Count - 1, (int)(_milliseconds.Count * share))];
}
