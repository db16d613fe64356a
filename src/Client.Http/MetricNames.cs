namespace VectorCluster.Client.Http;

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

    public static DistanceMetric Parse(string name) => name switch
    {
        "Cosine" => DistanceMetric.Cosine,
        "Dot" => DistanceMetric.Dot,
        "Euclid" => DistanceMetric.Euclidean,
        "Manhattan" => DistanceMetric.Manhattan,
        _ => throw new FormatException($"The server named an unknown metric, '{name}'."),
    };
}
