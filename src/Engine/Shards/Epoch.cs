namespace VectorCluster.Engine.Shards;

/// <summary>Fencing token of a shard's ownership, and nothing else. Each new owner takes the next one; from
/// 1.</summary>
public readonly record struct Epoch(long Value)
{
    /// <summary>Of whoever makes the shard.</summary>
    public static Epoch First => new(1);

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
