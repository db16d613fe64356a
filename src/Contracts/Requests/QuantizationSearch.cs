namespace VectorCluster;

/// <summary>How a search uses the codes of a quantized vector. Without effect where the vector has none, where there is
/// no graph yet, and on exact searches.</summary>
public sealed record QuantizationSearch
{
    /// <summary>True: walks by the vectors, as if there were no codes.</summary>
    public bool Ignore { get; init; }

    /// <summary>False: hits are ranked by codes alone, and their distances are estimates. Null: the collection's
    /// own.</summary>
    public bool? Rescore { get; init; }

    /// <inheritdoc cref="VectorSettings.Oversampling"/>
    /// <value>1 to 100. Null: the collection's own.</value>
    public double? Oversampling { get; init; }
}
