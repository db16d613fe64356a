using VectorCluster.Engine.Checkpoints;

namespace VectorCluster.Storage.Postgres;

/// <summary>Page keys as one number: the region, then 32 bits of the page.</summary>
internal static class PageKeys
{
    public static long Encode(PageKey key) => ((long)key.Region << 32) | key.Page;

    public static PageKey Decode(long key) => new((ushort)(key >> 32), (uint)key);
}
