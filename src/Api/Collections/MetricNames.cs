namespace VectorCluster.Api;

/// <summary>Qdrant's names of the metrics.</summary>
internal static class MetricNames
{
    public static string Of(DistanceMetric metric) => metric switch
    {
        DistanceMetric.Cosine => "Cosine",
        DistanceMetric.Dot => "Dot",
        DistanceMetric.Euclidean => "Euclid",
        DistanceMetric.Manhattan => "Manhattan",
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, message: null),
    };

    public static DistanceMetric Read(JsonInput input) => input.AsString() switch
    {
        "Cosine" => DistanceMetric.Cosine,
        "Dot" => DistanceMetric.Dot,
        "Euclid" => DistanceMetric.Euclidean,
        "Manhattan" => DistanceMetric.Manhattan,
        var other => throw input.Error(
            ErrorCodes.InvalidRequest, $"'{other}' is no distance; it is Cosine, Dot, Euclid or Manhattan."),
    };
}
