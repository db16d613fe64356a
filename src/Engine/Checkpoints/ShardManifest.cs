using System.Text.Json;
using System.Text.Json.Serialization;

namespace VectorCluster.Engine.Checkpoints;

/// <summary>What a checkpoint says of itself: its regions and graphs. JSON, described in
/// docs/formats/shard.md.</summary>
internal sealed record ShardManifest(
    int Version, IReadOnlyList<RegionManifest> Regions, IReadOnlyList<GraphManifest> Graphs)
{
    public const int CurrentVersion = 2;

    public ReadOnlyMemory<byte> ToUtf8() =>
        JsonSerializer.SerializeToUtf8Bytes(this, ShardManifestJson.Default.ShardManifest);

    /// <exception cref="NotSupportedException">Written by a newer version.</exception>
    public static ShardManifest Parse(ReadOnlySpan<byte> utf8)
    {
        var manifest = JsonSerializer.Deserialize(utf8, ShardManifestJson.Default.ShardManifest)!;
        return manifest.Version <= CurrentVersion
            ? manifest
            : throw new NotSupportedException($"A checkpoint of version {manifest.Version} needs a newer program.");
    }
}

/// <param name="Count">Records in use.</param>
/// <param name="StoredPages">Pages that may be stored: those past the records are zero. Version 1 lacks it, and has
/// none such.</param>
/// <param name="IsMapped">Its records lie in mapped files once they are loaded, not in the process's memory. Missing:
/// they don't.</param>
internal sealed record RegionManifest(
    ushort Id, int RecordBytes, int PageBytes, int Count, int StoredPages = 0, bool IsMapped = false);

/// <summary>State of the graph of the n-th vector by name.</summary>
internal sealed record GraphManifest(int IndexedUpTo, int GraphCount, int EntryPoint, int EntryLevel);

[JsonSerializable(typeof(ShardManifest))]
internal sealed partial class ShardManifestJson : JsonSerializerContext;
