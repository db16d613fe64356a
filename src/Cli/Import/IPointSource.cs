namespace VectorCluster.Cli;

/// <summary>A file of points, read in order from any row.</summary>
internal interface IPointSource : IDisposable
{
    string Path { get; }

    /// <summary>Rows in the file; some may hold no point (blank lines).</summary>
    long RowCount { get; }

    /// <summary>Dimensions of the vectors by name, for a collection that is yet to be made. Empty: the file has no
    /// vectors.</summary>
    IReadOnlyDictionary<string, int> Dimensions { get; }

    /// <summary>Points from a row on, with the row of each, from 0.</summary>
    /// <exception cref="BadRowException">A row is no point. What was returned before it is good.</exception>
    IEnumerable<SourceRow> ReadFrom(long row);
}

internal readonly record struct SourceRow(long Row, Point Point);
