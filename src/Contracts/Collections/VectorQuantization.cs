namespace VectorCluster;

/// <summary>What searches walk through the graph by: the vectors, or codes of a few bits a dimension made after a
/// random rotation, in the manner of RaBitQ and its extension (arXiv:2405.12497, 2409.09913). The best of what codes
/// find is rescored by the vectors, so results have exact distances. The values are stored; they never
/// change.</summary>
/// <remarks>Codes come on top of the vectors, which stay; of 1 bit 1/32 of their memory, of 8 bits a quarter. There are
/// none for Manhattan, and none in a shard that is too small for a graph.</remarks>
public enum VectorQuantization : byte
{
    /// <summary>The float32 vectors.</summary>
    None = 0,

    /// <summary>Codes of 1 bit: for many hundred dimensions, and where memory counts most. Searches keep four times the
    /// candidates, below 256 dimensions eight times.</summary>
    Bits1 = 1,

    /// <summary>Codes of 2 bits. Searches keep twice the candidates.</summary>
    Bits2 = 2,

    /// <summary>Codes of 4 bits: the fastest at nearly every dimension. Graphs are built by them too.</summary>
    Bits4 = 4,

    /// <summary>Codes of 8 bits, which others call int8: the nearest to the vectors. Graphs are built by them
    /// too.</summary>
    Bits8 = 8,

    /// <summary>Chosen when the collection is made, by dimension and metric: codes of 4 bits from 64 dimensions on,
    /// else none. What was chosen is what the collection says of itself.</summary>
    Auto = 255,
}
