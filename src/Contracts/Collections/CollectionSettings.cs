namespace VectorCluster;

/// <summary>Schema and settings of a collection. Its payload indexes change later; the rest is fixed.</summary>
public sealed record CollectionSettings
{
    /// <summary>The vectors a point may have, by name; <see cref="VectorSet.DefaultName"/> names the only one of a
    /// plain collection.</summary>
    /// <value>1 to 32 entries: a point's vectors are a bit mask of 32.</value>
    public required IReadOnlyDictionary<string, VectorSettings> Vectors { get; init; }

    /// <summary>Shards that a new namespace starts with.</summary>
    /// <value>1 to 256, default 1.</value>
    public int ShardCount { get; init; } = 1;

    /// <summary>Payload indexes by payload path.</summary>
    public IReadOnlyDictionary<string, PayloadIndexKind> PayloadIndexes { get; init; } =
        new Dictionary<string, PayloadIndexKind>(StringComparer.Ordinal);

    /// <summary>Settings for one unnamed vector.</summary>
    public static CollectionSettings ForVector(int dimension, DistanceMetric metric, int shardCount = 1) => new()
    {
        Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
        {
            [VectorSet.DefaultName] = new(dimension, metric),
        },
        ShardCount = shardCount,
    };
}

/// <summary>One named vector of a collection.</summary>
/// <param name="Dimension">1 to 65,536.</param>
public sealed record VectorSettings(int Dimension, DistanceMetric Metric)
{
    public const int MaxDimension = 65_536;
    public const double MaxOversampling = 100;

    public HnswOptions Hnsw { get; init; } = new();

    /// <summary>Keeps the float32 vectors in mapped files, outside the memory that the process needs: the system holds
    /// in memory what is used while there is room. Searches by codes read a few dozen of them each; without codes every
    /// step reads some. Links, codes and payloads stay in memory.</summary>
    /// <value>Default false.</value>
    public bool OnDisk { get; init; }

    /// <value>Default <see cref="VectorQuantization.Auto"/>.</value>
    public VectorQuantization Quantization { get; init; } = VectorQuantization.Auto;

    /// <summary>Whether what codes find is compared by the vectors in the end. False: hits are ranked by codes alone,
    /// and their distances are estimates. Searches may ask for the other.</summary>
    /// <value>Default null: true.</value>
    public bool? Rescore { get; init; }

    /// <summary>Candidates by codes that are rescored for each hit wanted; a search keeps at least as many.</summary>
    /// <value>1 to <see cref="MaxOversampling"/>. Default null: as many as keep recall near that of the
    /// vectors.</value>
    public double? Oversampling { get; init; }
}

/// <summary>What a payload index holds; it decides which conditions it answers. The values are stored; they never
/// change.</summary>
public enum PayloadIndexKind : byte
{
    /// <summary>Strings: match, any, except.</summary>
    Keyword = 0,

    /// <summary>Whole numbers that fit int64: match, any, except, range.</summary>
    Integer = 1,

    /// <summary>Numbers as float64: range.</summary>
    Float = 2,

    /// <summary>true and false: match.</summary>
    Bool = 3,

    /// <summary>RFC 3339 date-times to the microsecond: datetime range.</summary>
    Datetime = 4,

    /// <summary>UUIDs in any of their spellings: match, any, except.</summary>
    Uuid = 5,
}
