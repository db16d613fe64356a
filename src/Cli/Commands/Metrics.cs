using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary>Names of the metrics on the command line, and scores as the HTTP API has them.</summary>
internal static class Metrics
{
    public static Option<string> Option(string description)
    {
        var option = new Option<string>("--metric")
        {
            Description = description,
            DefaultValueFactory = _ => "cosine",
        };
        option.AcceptOnlyFromAmong("cosine", "dot", "euclid", "manhattan");
        return option;
    }

    public static DistanceMetric Parse(string name) => name switch
    {
        "cosine" => DistanceMetric.Cosine,
        "dot" => DistanceMetric.Dot,
        "euclid" => DistanceMetric.Euclidean,
        "manhattan" => DistanceMetric.Manhattan,
        _ => throw new UsageException($"There is no metric '{name}'."),
    };

    /// <summary>Cosine and dot product grow with nearness; the others are distances.</summary>
    public static float ScoreOf(DistanceMetric metric, float distance) => metric switch
    {
        DistanceMetric.Cosine => 1 - distance,
        DistanceMetric.Dot => -distance,
        _ => distance,
    };
}
