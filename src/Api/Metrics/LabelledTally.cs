using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace VectorCluster.Api;

/// <summary>A counter with labels that is counted here and observed when somebody asks: to count costs one look-up,
/// however many listen, and not one with each listener.</summary>
/// <remarks>Whoever counts sees to it that there are few values of labels.</remarks>
internal sealed class LabelledTally
{
    private readonly ConcurrentDictionary<LabelValues, StrongBox<long>> _counts = new();
    private readonly string[] _labels;

    /// <param name="labels">Their names, one to <see cref="LabelValues.MaxCount"/>.</param>
    public LabelledTally(Meter meter, string name, string description, params string[] labels)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(labels.Length, LabelValues.MaxCount);
        _labels = labels;
        meter.CreateObservableCounter(name, Observe, null, description);
    }

    /// <param name="first">The labels' values in the order of their names; null where there is none.</param>
    public void Increment(string first, string? second = null, string? third = null) =>
        Interlocked.Increment(ref _counts.GetOrAdd(new(first, second, third), static _ => new()).Value);

    private IEnumerable<Measurement<long>> Observe()
    {
        foreach (var (values, count) in _counts)
        {
            object?[] all = [values.First, values.Second, values.Third];
            yield return new(
                Interlocked.Read(ref count.Value),
                _labels.Select((label, i) => new KeyValuePair<string, object?>(label, all[i])));
        }
    }
}
