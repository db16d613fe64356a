namespace VectorCluster.Api;

/// <summary>Qdrant's scores from our distances and back. Under Cosine and Dot greater is nearer, under the others
/// smaller is.</summary>
internal static class Score
{
    /// <summary>A finite number, since JSON has no other: a product of huge vectors may overflow.</summary>
    public static float Of(DistanceMetric metric, float distance)
    {
        var score = metric switch
        {
            DistanceMetric.Cosine => 1f - distance,
            DistanceMetric.Dot => 0f - distance, // not a plain minus: that would make "-0" of 0
            _ => distance,
        };
        return Finite(score);
    }

    /// <summary>The largest distance whose score passes the threshold.</summary>
    /// <param name="threshold">As it came, in double: 1 − 0.8 rounded once is the float nearest to 0.2, rounded twice
    /// it is not.</param>
    public static float MaxDistance(DistanceMetric metric, double threshold) => metric switch
    {
        DistanceMetric.Cosine => Finite((float)(1.0 - threshold)),
        DistanceMetric.Dot => Finite((float)-threshold),
        _ => Finite((float)threshold),
    };

    public static float Finite(float value)
    {
        if (float.IsFinite(value)) return value;
        return value > 0 ? float.MaxValue : float.MinValue;
    }
}
