using System.Diagnostics;
using OpenTelemetry.Trace;

namespace VectorCluster.Api.Tests.Telemetry;

/// <summary>With what a trace begins.</summary>
public sealed class BeginningSamplerTests
{
    [Theory]
    [InlineData(ActivityKind.Server, 1.0, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Internal, 1.0, SamplingDecision.RecordAndSample)]
    [InlineData(ActivityKind.Server, 0.0, SamplingDecision.Drop)]
    [InlineData(ActivityKind.Client, 1.0, SamplingDecision.Drop)]
    public void A_trace_begins_with_what_is_asked_or_done_here_and_never_with_a_call(
        ActivityKind kind, double ratio, SamplingDecision expected)
    {
        var parameters = new SamplingParameters(default, ActivityTraceId.CreateRandom(), "name", kind, null, null);

        Assert.Equal(expected, new BeginningSampler(ratio).ShouldSample(parameters).Decision);
    }
}
