using System.Diagnostics.Metrics;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Telemetry;

/// <summary>A counter by plan, which is observed as <see cref="Tally"/> is; plans that were not taken are not
/// there.</summary>
internal sealed class PlanTally
{
    private static readonly SearchPlan[] Plans = Enum.GetValues<SearchPlan>();

    private readonly long[] _values = new long[Plans.Length];

    public PlanTally(Meter meter, string name, string description) =>
        meter.CreateObservableCounter(name, Observe, null, description);

    public void Add(SearchPlan plan, long amount) => Interlocked.Add(ref _values[(int)plan], amount);

    private IEnumerable<Measurement<long>> Observe()
    {
        foreach (var plan in Plans)
            if (Interlocked.Read(ref _values[(int)plan]) is > 0 and var value)
                yield return new(value, PlanNames.LabelOf(plan));
    }
}
