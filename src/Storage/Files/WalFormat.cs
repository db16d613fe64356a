using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace VectorCluster.Storage.Files;

/// <summary>Sizes and names of the log's files. Layout: docs/formats/wal.md.</summary>
internal static class WalFormat
{
    public const uint Version = 1;
    public const string Suffix = ".vcwal";

    /// <summary>A segment that has grown past this gets no further append. Large enough to make the costs of a new file
    /// vanish, small enough that trimming frees space soon.</summary>
    public const long SegmentBytes = 64 * 1024 * 1024;

    /// <summary>Records begin at multiples of this, so that no header ever lies across two sectors.</summary>
    public const int Alignment = 32;

    /// <summary>The smallest unit that a disk writes as a whole; larger physical sectors are multiples of it.</summary>
    public const int SectorBytes = 512;

    /// <summary>Fills the end of a record, 1 to <see cref="Alignment"/> bytes. Not zero: a record whose last byte reads
    /// as zero was not written to its end.</summary>
    public const byte Filler = 0xA5;

    public static string FileName(long firstLsn) => firstLsn.ToString("D20", CultureInfo.InvariantCulture) + Suffix;

    /// <returns>First LSNs of the segments in a folder, ascending.</returns>
    public static List<long> ListSegments(string folder)
    {
        var found = new List<long>();
        if (!Directory.Exists(folder)) return found;
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path.AsSpan());
            if (name.Length == 20 + Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal)
                && long.TryParse(name[..20], NumberStyles.None, CultureInfo.InvariantCulture, out var firstLsn))
                found.Add(firstLsn);
        }

        found.Sort();
        return found;
    }

    /// <summary>16 bytes that stand for a shard's identity in its files, so that a file moved to another shard is
    /// noticed.</summary>
    public static byte[] Digest(ShardId shard)
    {
        var collection = FileNames.ToUtf8(shard.Collection);
        var @namespace = FileNames.ToUtf8(shard.Namespace);
        var identity = new byte[8 + collection.Length + @namespace.Length];
        BinaryPrimitives.WriteInt32LittleEndian(identity, shard.Index);
        BinaryPrimitives.WriteInt32LittleEndian(identity.AsSpan(4), collection.Length);
        collection.CopyTo(identity, 8);
        @namespace.CopyTo(identity, 8 + collection.Length);
        return SHA256.HashData(identity)[..16];
    }
}
