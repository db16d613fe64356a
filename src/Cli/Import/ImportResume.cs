namespace VectorCluster.Cli;

/// <summary>Decides where an import begins: after the rows it wrote before, if they are still there.</summary>
internal static class ImportResume
{
    /// <summary>Points read back. The last written are the ones a restored or replaced database would lack.</summary>
    private const int CheckedRows = 100;

    /// <returns>The first row to write.</returns>
    public static async Task<long> FirstRowAsync(
        IVectorDatabase database,
        Retry retry,
        IPointSource source,
        long acknowledgedRows,
        string collection,
        string @namespace,
        CancellationToken cancellationToken)
    {
        if (acknowledgedRows <= 0 || acknowledgedRows > source.RowCount) return 0;
        var ids = new HashSet<PointId>();
        foreach (var (row, point) in source.ReadFrom(Math.Max(0, acknowledgedRows - CheckedRows)))
        {
            if (row < acknowledgedRows) ids.Add(point.Id);
            if (row + 1 >= acknowledgedRows) break; // the next row may be a bad one: it is the import's to tell
        }

        var request = new GetPointsRequest
        {
            Collection = collection,
            Namespace = @namespace,
            Ids = [.. ids],
            WithPayload = PayloadSelector.None,
        };
        var found = await retry.RunAsync(() => database.GetPointsAsync(request, cancellationToken), cancellationToken);
        return found.Count == ids.Count ? acknowledgedRows : 0;
    }
}
