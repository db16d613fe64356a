using VectorCluster.Engine.Shards;

namespace VectorCluster.Storage.Files;

/// <summary>A file does not hold what was written to it. Retrying does not help.</summary>
/// <param name="path">The file.</param>
/// <param name="offset">Of the first byte in doubt.</param>
/// <param name="what">One clause that says what is wrong.</param>
public sealed class DamagedFileException(string path, long offset, string what)
    : DamageException($"{path} is damaged at byte {offset}: {what}.")
{
    public string Path => path;

    /// <summary>Of the first byte in doubt.</summary>
    public long Offset => offset;

    public string What => what;

    internal string Where => $"{path}, byte {offset}";
}
