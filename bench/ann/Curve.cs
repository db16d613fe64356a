using System.Text.Json.Serialization;

namespace VectorCluster.Ann.Bench;

/// <param name="Recall">Share of the true 10 nearest that was found, 0 to 1.</param>
/// <param name="Qps">Queries a second, of all threads: the median of the rounds.</param>
internal sealed record CurvePoint(
    [property: JsonPropertyName("ef")] int Ef,
    [property: JsonPropertyName("recall")] double Recall,
    [property: JsonPropertyName("qps")] double Qps);

/// <summary>What one contender did.</summary>
internal sealed record Curve(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("threads")] int Threads,
    [property: JsonPropertyName("build_seconds")] double? BuildSeconds,
    [property: JsonPropertyName("mebibytes")] double Mebibytes,
    [property: JsonPropertyName("points")] IReadOnlyList<CurvePoint> Points)
{
    /// <returns>Queries a second at a recall, between the two measured points around it on a logarithmic scale; null:
    /// it was not reached, or every point lies above it.</returns>
    public double? QpsAt(double recall)
    {
        for (var i = 1; i < Points.Count; i++)
        {
            var (low, high) = (Points[i - 1], Points[i]);
            if (low.Recall > recall || high.Recall < recall) continue;
            var share = high.Recall > low.Recall ? (recall - low.Recall) / (high.Recall - low.Recall) : 1;
            return Math.Exp(((1 - share) * Math.Log(low.Qps)) + (share * Math.Log(high.Qps)));
        }

        return null;
    }
}
