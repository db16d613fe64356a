using System.Diagnostics;
using OpenTelemetry.Trace;

namespace VectorCluster.Api;

/// <summary>Chooses a share of the traces that begin here: of what the server is asked, and of what it does by itself.
/// None begins with what it asks of others. A request that is not recorded carries nothing that says so
/// (<see cref="RequestActivity"/>), and to PostgreSQL's client, or to a call of another silo, looks like no request at
/// all.</summary>
internal sealed class BeginningSampler(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler _share = new(ratio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Client
            ? new(SamplingDecision.Drop)
            : _share.ShouldSample(samplingParameters);
}
