using System.Diagnostics;
using VectorCluster.Engine.Telemetry;

namespace VectorCluster.Engine.Tests.Telemetry;

/// <summary>What is begun within an activity follows what was decided of that one.</summary>
public sealed class SampledActivitiesTests : IDisposable
{
    private readonly ActivitySource _source = new(nameof(SampledActivitiesTests));
    private readonly ActivityListener _listener;
    private ActivitySamplingResult _decision;

    public SampledActivitiesTests()
    {
        _listener = new()
        {
            ShouldListenTo = source => source == _source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => _decision,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
    }

    [Theory]
    [InlineData(ActivitySamplingResult.PropagationData, false)]
    [InlineData(ActivitySamplingResult.AllDataAndRecorded, true)]
    public void A_part_of_a_trace_is_recorded_if_the_trace_is(ActivitySamplingResult decision, bool isRecorded)
    {
        _decision = decision;
        using var whole = _source.StartActivity("whole");
        _decision = ActivitySamplingResult.AllDataAndRecorded;

        using var part = _source.StartSampled("part");

        Assert.NotNull(whole);
        Assert.Equal(isRecorded, part is not null);
    }

    [Fact]
    public void Without_a_whole_the_sampler_decides()
    {
        _decision = ActivitySamplingResult.AllDataAndRecorded;
        using var part = _source.StartSampled("part");
        _decision = ActivitySamplingResult.None;
        Activity.Current = null;
        using var none = _source.StartSampled("none");

        Assert.NotNull(part);
        Assert.Null(none);
    }
}
