namespace VectorCluster.Engine.Checkpoints;

/// <summary>Which page of a shard's state: a region (vectors, links, payloads, …) and the page's number in it, from
/// 0.</summary>
public readonly record struct PageKey(ushort Region, uint Page);

/// <param name="Bytes">1 byte to <see cref="MaxBytes"/>; only a region's own page size is ever used, so lengths
/// repeat.</param>
public readonly record struct CheckpointPage(PageKey Key, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Largest page.</summary>
    public const int MaxBytes = 1024 * 1024;
}

/// <summary>Describes a checkpoint: the log up to <paramref name="Lsn"/> is in its pages.</summary>
/// <param name="Body">The shard's own description of its regions; the store does not look inside.</param>
public sealed record CheckpointManifest(Lsn Lsn, ReadOnlyMemory<byte> Body);
