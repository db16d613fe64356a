using System.Diagnostics;
using OpenTelemetry.Trace;

namespace VectorCluster.Api;

/// <summary>Chooses a share of the traces that begin here, and no more of them a second than is allowed: of what the
/// server is asked, and of what it does by itself. None begins with what it asks of others.</summary>
/// <remarks>
/// A request that is not recorded carries nothing that says so (<see cref="RequestActivity"/>), and to PostgreSQL's
/// client, or to a call of another silo, looks like no request at all.
/// A share alone would send the more the more is asked.
/// </remarks>
/// <param name="perSecond">0: no limit.</param>
internal sealed class BeginningSampler(double ratio, double perSecond, TimeProvider time) : Sampler
{
    private readonly TraceIdRatioBasedSampler _share = new(ratio);
    private readonly RateLimit? _limit = perSecond > 0 ? new(perSecond, time) : null;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        if (samplingParameters.Kind == ActivityKind.Client) return new(SamplingDecision.Drop);
        var result = _share.ShouldSample(samplingParameters);
        return result.Decision == SamplingDecision.Drop || _limit is null || _limit.TryTake(out _)
            ? result
            : new(SamplingDecision.Drop);
    }
}
