using VectorCluster.Coordinator.Requests;

namespace VectorCluster.Coordinator.Tests;

/// <summary>What codes vectors get whose settings leave it open.</summary>
public sealed class QuantizationChoiceTests
{
    [Theory]
    [InlineData(64, DistanceMetric.Cosine, VectorQuantization.Bits4)]
    [InlineData(63, DistanceMetric.Cosine, VectorQuantization.None)]
    [InlineData(768, DistanceMetric.Manhattan, VectorQuantization.None)]
    public void Codes_are_chosen_by_dimension_and_metric(
        int dimension, DistanceMetric metric, VectorQuantization expected)
    {
        var made = QuantizationChoice.Make(CollectionSettings.ForVector(dimension, metric));
        Assert.Equal(expected, made.Vectors[""].Quantization);
    }

    [Fact]
    public void What_is_asked_for_stays()
    {
        foreach (var asked in Enum.GetValues<VectorQuantization>().Where(asked => asked != VectorQuantization.Auto))
        {
            var vector = new VectorSettings(768, DistanceMetric.Dot) { Quantization = asked };
            var settings = new CollectionSettings
            {
                Vectors = new Dictionary<string, VectorSettings> { [""] = vector },
            };
            Assert.Equal(asked, QuantizationChoice.Make(settings).Vectors[""].Quantization);
        }
    }
}
