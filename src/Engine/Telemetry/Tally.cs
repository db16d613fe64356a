using System.Diagnostics.Metrics;

namespace VectorCluster.Engine.Telemetry;

/// <summary>A counter without labels, which whoever listens finds at 0 before anything was counted: an alert on its
/// increase would not see the first failure of a counter that comes into being with it.</summary>
internal sealed class Tally
{
    private long _value;

    public Tally(Meter meter, string name, string? unit, string description) =>
        meter.CreateObservableCounter(name, () => Interlocked.Read(ref _value), unit, description);

    public void Add(long amount = 1) => Interlocked.Add(ref _value, amount);
}
