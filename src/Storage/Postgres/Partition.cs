using System.Globalization;
using System.Text;

namespace VectorCluster.Storage.Postgres;

/// <summary>Which of the partitions holds a namespace: a hash of its name. Stored, so it never changes:
/// docs/formats/postgres.md.</summary>
internal static class Partition
{
    /// <summary>Partitions of each table.</summary>
    public const int Count = 16;

    private const ulong FnvOffset = 0xcbf29ce484222325;
    private const ulong FnvPrime = 0x100000001b3;

    /// <returns>0 to <see cref="Count"/> − 1.</returns>
    public static short Of(string collection, string name)
    {
        // A byte that is nowhere in UTF-8 keeps ("a", "bc") apart from ("ab", "c").
        var hash = Add((Add(FnvOffset, collection) ^ 0xFF) * FnvPrime, name);
        return (short)((hash ^ (hash >> 32)) % Count);
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text)) hash = (hash ^ value) * FnvPrime;
        return hash;
    }
}

/// <summary>One statement for each partition: <c>wal_@</c> in the text becomes the partition's own table, so that the
/// server neither plans nor locks the others.</summary>
internal sealed class PartitionedSql
{
    private readonly string[] _texts;

    /// <param name="text">SQL in which <c>@</c> stands for the partition's number.</param>
    public PartitionedSql(string text) => _texts =
    [
        .. Enumerable.Range(0, Partition.Count)
            .Select(i => text.Replace("@", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)),
    ];

    public string this[short partition] => _texts[partition];
}
