namespace VectorCluster;

/// <summary>What every read has in common.</summary>
public abstract record ReadRequest
{
    public required string Collection { get; init; }

    /// <summary>Empty: the default one. A namespace that does not exist has no points; reading it is no
    /// error.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>How long the shards may take together. Null: 30 seconds.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>Points by id.</summary>
public sealed record GetPointsRequest : ReadRequest
{
    public required IReadOnlyList<PointId> Ids { get; init; }

    public PayloadSelector WithPayload { get; init; } = PayloadSelector.All;

    public VectorSelector WithVectors { get; init; } = VectorSelector.None;
}

/// <summary>A page of points in the order of their ids.</summary>
public sealed record ScrollRequest : ReadRequest
{
    /// <summary>Largest page.</summary>
    public const int MaxLimit = 100_000;

    /// <summary>First id of the page, itself included. Null: from the start.</summary>
    public PointId? Offset { get; init; }

    /// <value>1 to 100,000, default 10.</value>
    public int Limit { get; init; } = 10;

    public Filter? Filter { get; init; }

    public PayloadSelector WithPayload { get; init; } = PayloadSelector.All;

    public VectorSelector WithVectors { get; init; } = VectorSelector.None;
}

public sealed record CountRequest : ReadRequest
{
    public Filter? Filter { get; init; }
}

/// <summary>The points nearest to a query.</summary>
public sealed record SearchRequest : ReadRequest
{
    /// <summary>Most hits, offset included.</summary>
    public const int MaxHits = 10_000;

    /// <summary>Largest efSearch.</summary>
    public const int MaxEfSearch = 10_000;

    public required Query Query { get; init; }

    /// <summary>Which of the collection's vectors is searched.</summary>
    public string VectorName { get; init; } = VectorSet.DefaultName;

    /// <value>1 to 10,000, default 10.</value>
    public int Limit { get; init; } = 10;

    /// <summary>Nearest hits to leave out.</summary>
    /// <value>From 0; with <see cref="Limit"/> at most 10,000.</value>
    public int Offset { get; init; }

    public Filter? Filter { get; init; }

    /// <summary>Candidates kept while searching. Null: the collection's own.</summary>
    /// <value>1 to 10,000.</value>
    public int? EfSearch { get; init; }

    /// <summary>How codes are used where the vector is quantized. Null: as the collection has it.</summary>
    public QuantizationSearch? Quantization { get; init; }

    /// <summary>True: scan every matching vector; the result is exact.</summary>
    public bool Exact { get; init; }

    /// <summary>Leaves out hits that are farther than this, in the metric's distance (smaller is nearer).</summary>
    public float? MaxDistance { get; init; }

    /// <summary>True: when shards do not answer, the others' hits come back with the missing shards named.</summary>
    public bool AllowPartial { get; init; }

    /// <summary>True: the result tells how each shard went about it.</summary>
    public bool Explain { get; init; }

    public PayloadSelector WithPayload { get; init; } = PayloadSelector.None;

    public VectorSelector WithVectors { get; init; } = VectorSelector.None;
}

/// <summary>What the hits shall be near to.</summary>
public abstract record Query;

/// <summary>A vector, or the vector of a stored point, which is then no hit itself.</summary>
public sealed record NearestQuery(QueryVector Vector) : Query;

/// <summary>Recommendation by examples: nearest to avg(positive) + (avg(positive) − avg(negative)). The examples are no
/// hits.</summary>
/// <param name="Positive">At least one.</param>
public sealed record RecommendQuery(IReadOnlyList<QueryVector> Positive, IReadOnlyList<QueryVector> Negative) : Query;

/// <summary>A vector given as such, or by the id of a point in the same namespace.</summary>
public readonly record struct QueryVector
{
    private QueryVector(PointId? id, ReadOnlyMemory<float> values)
    {
        Id = id;
        Values = values;
    }

    /// <summary>The point whose vector is meant; null if <see cref="Values"/> is the vector.</summary>
    public PointId? Id { get; }

    /// <summary>float32[dimension]; need not be normalized.</summary>
    public ReadOnlyMemory<float> Values { get; }

    public static QueryVector Of(ReadOnlyMemory<float> values) => new(null, values);

    public static QueryVector OfPoint(PointId id) => new(id, default);

    public static implicit operator QueryVector(float[] values) => Of(values);

    public static implicit operator QueryVector(PointId id) => OfPoint(id);
}
