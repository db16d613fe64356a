using System.Diagnostics;
using OpenTelemetry.Trace;
using VectorCluster.Embedded.Tests;

namespace VectorCluster.Api.Tests.Telemetry;

/// <summary>With what a trace begins, and how often.</summary>
public sealed class BeginningSamplerTests
{
    private readonly ManualTime _clock = new();

    [Theory]
    [InlineData(ActivityKind.Server, 1.0, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Internal, 1.0, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Server, 0.0, SamplingDecision.Drop)]
    [InlineData(ActivityKind.Client, 1.0, SamplingDecision.Drop)]
    public void A_trace_begins_with_what_is_asked_or_done_here_and_never_with_a_call(
        ActivityKind kind, double ratio, SamplingDecision expected) =>
        Assert.Equal(expected, Ask(new(ratio, perSecond: 0, _clock), kind));

    [Fact]
    public void No_more_begin_in_a_second_than_may()
    {
        var sampler = new BeginningSampler(ratio: 1, perSecond: 3, _clock);

        Assert.Equal(3, CountRecorded(sampler, of: 100));
        _clock.Advance(TimeSpan.FromSeconds(1) / 3 + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, CountRecorded(sampler, of: 100));
    }

    // Goal: what the share leaves out, and calls, take nothing from those that may begin.
    [Fact]
    public void What_is_not_recorded_anyway_does_not_count()
    {
        var sampler = new BeginningSampler(ratio: 0.5, perSecond: 1, _clock);

        for (var i = 0; i < 10; i++) Assert.Equal(SamplingDecision.Drop, Ask(sampler, ActivityKind.Client));
        // An id is in the share by its first eight bytes.
        var beyond = ActivityTraceId.CreateFromString("7fffffffffffffff0000000000000000");
        var within = ActivityTraceId.CreateFromString("00000000000000010000000000000000");
        for (var i = 0; i < 10; i++) Assert.Equal(SamplingDecision.Drop, Ask(sampler, ActivityKind.Server, beyond));
        Assert.Equal(SamplingDecision.RecordAndSample, Ask(sampler, ActivityKind.Server, within));
        Assert.Equal(SamplingDecision.Drop, Ask(sampler, ActivityKind.Server, within));
    }

    private static int CountRecorded(BeginningSampler sampler, int of) => Enumerable.Range(0, of)
        .Count(_ => Ask(sampler, ActivityKind.Server) == SamplingDecision.RecordAndSample);

    private static SamplingDecision Ask(BeginningSampler sampler, ActivityKind kind, ActivityTraceId? id = null)
    {
        var trace = id ?? ActivityTraceId.CreateRandom();
        return sampler.ShouldSample(new SamplingParameters(default, trace, "name", kind, null, null)).Decision;
    }
}
