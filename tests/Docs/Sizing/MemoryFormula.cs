namespace VectorCluster.Docs.Tests.Sizing;

/// <summary>The formula of docs/guides/sizing.md: bytes of memory for one point in an open shard.</summary>
internal static class MemoryFormula
{
    /// <summary>What is kept of a point besides its vectors and payload.</summary>
    private const int Record = 64;

    /// <summary>Its entry in the table of ids, which is between three eighths and three quarters full.</summary>
    private const double IdEntry = 8;

    /// <param name="payload">Bytes of the payload's JSON.</param>
    /// <param name="textId">Bytes of a string id; 0: the id is a number or a UUID.</param>
    public static double Point(int payload, int textId = 0) => Record + IdEntry + Blob(payload) + Blob(textId);

    /// <summary>Of each vector of a point that is in a graph.</summary>
    public static double Vector(int dimension, int m, bool hasCodes)
    {
        var padded = Multiple(16, dimension);
        var links = 8 + (8 * m) + ((8 + (4.0 * m)) / (m - 1));
        var code = hasCodes ? Math.Max(Multiple(64, padded / 2), (padded / 2) + 8) : 0;
        return (4 * padded) + links + code;
    }

    /// <summary>Of a payload index whose keys are few against the points.</summary>
    public static double FewKeys => 12;

    /// <summary>Of a payload index in which each point has a key of its own.</summary>
    /// <param name="key">Bytes of a key: of a string its own, of all else 8.</param>
    public static double KeyEach(int key) => 62 + (1.5 * key);

    private static int Blob(int bytes) => bytes == 0 ? 0 : Multiple(16, 4 + bytes);

    private static int Multiple(int of, int bytes) => (bytes + of - 1) / of * of;
}
