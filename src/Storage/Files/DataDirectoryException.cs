namespace VectorCluster.Storage.Files;

/// <summary>A data directory cannot be opened: another process has it, a newer version wrote it, or it is something
/// else.</summary>
/// <param name="directory">The data directory.</param>
/// <param name="what">What is wrong, and what to do about it.</param>
/// <param name="cause">The failure underneath, if any.</param>
public sealed class DataDirectoryException(string directory, string what, Exception? cause = null)
    : Exception($"Data directory {directory}: {what}", cause)
{
    public string Directory => directory;
}
