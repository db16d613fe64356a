namespace VectorCluster.Cli;

/// <summary>A row of a file is not a point, or the database refuses it. The rows before it are not affected.</summary>
/// <param name="row">From 0; the message counts from 1, as editors do.</param>
internal sealed class BadRowException(string path, long row, string what)
    : Exception($"{path}, row {row + 1}: {what}")
{
    public long Row => row;
}
