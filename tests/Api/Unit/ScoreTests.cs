namespace VectorCluster.Api.Tests;

/// <summary>Scores and thresholds are the same scale, seen from the two sides.</summary>
public sealed class ScoreTests
{
    [Theory]
    [InlineData(DistanceMetric.Cosine, 0.2f, 0.8f)]
    [InlineData(DistanceMetric.Cosine, 2f, -1f)]
    [InlineData(DistanceMetric.Dot, -5f, 5f)]
    [InlineData(DistanceMetric.Euclidean, 3f, 3f)]
    [InlineData(DistanceMetric.Manhattan, 3f, 3f)]
    [InlineData(DistanceMetric.Dot, float.NegativeInfinity, float.MaxValue)]
    [InlineData(DistanceMetric.Euclidean, float.PositiveInfinity, float.MaxValue)]
    public void A_distance_becomes_a_score(DistanceMetric metric, float distance, float score) =>
        Assert.Equal(score, Score.Of(metric, distance));

    [Fact]
    public void A_dot_product_of_nothing_is_plainly_zero() =>
        Assert.False(float.IsNegative(Score.Of(DistanceMetric.Dot, 0f)));

    // Goal: a hit whose printed score is the threshold is in. Method: thresholds of two digits, which floats only
    // approximate.
    [Fact]
    public void A_point_at_the_threshold_passes()
    {
        for (var i = 0; i <= 100; i++)
        {
            var threshold = i / 100.0;
            var distance = (float)(1 - threshold);
            Assert.True(distance <= Score.MaxDistance(DistanceMetric.Cosine, threshold));
            Assert.True((float)-threshold <= Score.MaxDistance(DistanceMetric.Dot, threshold));
            Assert.Equal((float)threshold, Score.MaxDistance(DistanceMetric.Euclidean, threshold));
        }
    }

    [Theory]
    [InlineData(DistanceMetric.Cosine, 1e300, float.MinValue)]
    [InlineData(DistanceMetric.Manhattan, 1e300, float.MaxValue)]
    public void A_threshold_beyond_float_is_clamped(DistanceMetric metric, double threshold, float distance) =>
        Assert.Equal(distance, Score.MaxDistance(metric, threshold));
}
