namespace VectorCluster.Coordinator.Requests;

/// <summary>Chooses codes for vectors whose settings leave it open.</summary>
/// <remarks>Codes of 4 bits were the fastest at every dimension that was measured
/// (docs/decisions/0009-codes-and-memory.md), at an eighth of the vectors' memory. Below 64 dimensions a vector takes
/// little more cache lines than a code does. A shard that is too small for a graph has no codes, whatever is chosen
/// here.</remarks>
internal static class QuantizationChoice
{
    public const int LeastDimension = 64;

    /// <summary>The settings with nothing left open.</summary>
    public static CollectionSettings Make(CollectionSettings settings) => settings with
    {
        Vectors = settings.Vectors.ToDictionary(
            vector => vector.Key,
            vector => vector.Value.Quantization == VectorQuantization.Auto
                ? vector.Value with { Quantization = For(vector.Value) }
                : vector.Value,
            StringComparer.Ordinal),
    };

    private static VectorQuantization For(VectorSettings vector) =>
        vector.Dimension >= LeastDimension && vector.Metric != DistanceMetric.Manhattan
            ? VectorQuantization.Bits4
            : VectorQuantization.None;
}
