using System.Text;

namespace VectorCluster.Engine.Points;

/// <summary>The stable hash of point ids: it places points in slots and shards, so it never changes.</summary>
/// <remarks>
/// The finalizer of MurmurHash3 (Appleby, public domain) over the id's 128 bits and its kind; a string's bits are the
/// 64-bit FNV-1a hash of its UTF-8 bytes. docs/formats/shard.md has test values.
/// </remarks>
public static class PointIdHash
{
    /// <summary>Slots a namespace is divided into; a shard owns a range of them.</summary>
    public const int SlotCount = 16_384;

    public static int SlotOf(PointId id) => (int)(Hash(id) % SlotCount);

    public static ulong Hash(PointId id)
    {
        var bits = id.Kind == PointIdKind.Text ? HashText(id.Text) : id.Bits;
        return HashBits(id.Kind, bits);
    }

    internal static ulong HashBits(PointIdKind kind, UInt128 bits) =>
        Mix((ulong)bits ^ Mix((ulong)(bits >> 64) + (ulong)kind + 0x9E3779B97F4A7C15));

    internal static ulong HashText(string text)
    {
        Span<byte> utf8 = stackalloc byte[PointId.MaxTextBytes];
        return HashText(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    internal static ulong HashText(ReadOnlySpan<byte> utf8)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var b in utf8) hash = (hash ^ b) * 0x100000001B3UL;
        return hash;
    }

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 33)) * 0xFF51AFD7ED558CCD;
        bits = (bits ^ (bits >> 33)) * 0xC4CEB9FE1A85EC53;
        return bits ^ (bits >> 33);
    }
}
