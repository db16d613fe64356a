namespace VectorCluster;

/// <summary>What searches walk through the graph by. Results always have the distances of the float32 vectors. The
/// values are stored; they never change.</summary>
public enum VectorQuantization : byte
{
    /// <summary>The float32 vectors.</summary>
    None = 0,

    /// <summary>Codes of 4 bits a dimension, with a random rotation before (in the manner of RaBitQ's extension,
    /// arXiv:2409.09913); the best of what they find is rescored by the vectors. An eighth of the vectors' memory more,
    /// an eighth of the bytes a search reads. Not for Manhattan.</summary>
    Bits4 = 4,
}
