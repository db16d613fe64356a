namespace VectorCluster;

/// <summary>One range of one namespace's slots.</summary>
/// <param name="Namespace">Empty: the default namespace.</param>
/// <param name="Index">Number of the shard within its namespace, from 0; never used again after a split.</param>
public readonly record struct ShardId(string Collection, string Namespace, int Index)
{
    public override string ToString() => $"{Collection}/{Namespace}/{Index}";
}
