using System.ComponentModel.DataAnnotations;

namespace VectorCluster;

/// <summary>Shape of one HNSW graph. Names follow Malkov and Yashunin, arXiv:1603.09320.</summary>
public sealed record HnswOptions : IValidatableObject
{
    /// <summary>Links a point may keep on each level above 0; level 0 keeps 2·M.</summary>
    /// <value>2 to 128, default 16. M = 1 would make the level factor 1/ln(M) infinite.</value>
    [Range(2, 128)]
    public int M { get; init; } = 16;

    /// <summary>Candidates kept while a point is inserted. Larger: better recall, slower build.</summary>
    /// <value>M to 4,096, default 128.</value>
    [Range(2, 4096)]
    public int EfConstruction { get; init; } = 128;

    /// <summary>Candidates kept while searching, where the request names none. Larger: better recall, slower
    /// search.</summary>
    /// <value>1 to 10,000, default 128. A search keeps at least as many as the hits it wants.</value>
    [Range(1, 10_000)]
    public int EfSearch { get; init; } = 128;

    /// <summary>A shard with fewer vectors than this has no graph: it is scanned exactly.</summary>
    /// <value>0 to 1,000,000,000, default 2,000: below, a scan costs no more than a graph search.</value>
    [Range(0, 1_000_000_000)]
    public int ExactScanThreshold { get; init; } = 2_000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (EfConstruction < M)
            yield return new($"EfConstruction ({EfConstruction}) must be at least M ({M}).", [nameof(EfConstruction)]);
    }
}
