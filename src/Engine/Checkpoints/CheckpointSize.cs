namespace VectorCluster.Engine.Checkpoints;

/// <summary>How much memory a checkpoint takes when it is loaded.</summary>
public static class CheckpointSize
{
    /// <returns>Bytes of its pages, without those that lie in mapped files. Payload indexes and the log since come on
    /// top. 0: of another version.</returns>
    public static long Of(CheckpointManifest checkpoint)
    {
        try
        {
            return ShardManifest.Parse(checkpoint.Body.Span).Regions.Sum(SizeOf);
        }
        catch (NotSupportedException)
        {
            return 0; // opening the shard says so, by name
        }
    }

    private static long SizeOf(RegionManifest region)
    {
        if (region.IsMapped) return 0;
        var bytes = (long)region.Count * region.RecordBytes;
        return (bytes + region.PageBytes - 1) / region.PageBytes * region.PageBytes;
    }
}
