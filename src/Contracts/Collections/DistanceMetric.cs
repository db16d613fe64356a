namespace VectorCluster;

/// <summary>How far two vectors are apart; smaller is nearer. The values are stored; they never change.</summary>
public enum DistanceMetric : byte
{
    /// <summary>1 − cos(a, b), 0 to 2. Vectors are normalized when they are written.</summary>
    Cosine = 0,

    /// <summary>−a·b: the larger the dot product, the nearer.</summary>
    Dot = 1,

    /// <summary>√Σ(aᵢ − bᵢ)².</summary>
    Euclidean = 2,

    /// <summary>Σ|aᵢ − bᵢ|.</summary>
    Manhattan = 3,
}
