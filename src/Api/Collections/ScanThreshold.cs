namespace VectorCluster.Api;

/// <summary>Qdrant counts <c>full_scan_threshold</c> in KiB of float32 vectors, we count vectors.</summary>
internal static class ScanThreshold
{
    public const int MaxVectors = 1_000_000_000;

    private const int FloatsPerKilobyte = 1024 / sizeof(float);

    public static int ToVectors(long kilobytes, int dimension) =>
        (int)Math.Min(MaxVectors, (long)((Int128)kilobytes * FloatsPerKilobyte / dimension));

    public static long ToKilobytes(int vectors, int dimension) => (long)vectors * dimension / FloatsPerKilobyte;
}
