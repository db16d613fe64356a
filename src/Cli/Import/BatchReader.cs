namespace VectorCluster.Cli;

/// <summary>Rows that are written in one request.</summary>
/// <param name="EndRow">First row after the batch; blank rows in between belong to it.</param>
internal sealed record Batch(IReadOnlyList<SourceRow> Rows, long EndRow);

/// <summary>Cuts a source into batches, bounded by points and by bytes.</summary>
internal static class BatchReader
{
    /// <summary>About 12 MiB of JSON at worst; the server takes 64.</summary>
    private const long MaxBatchBytes = 4 * 1024 * 1024;

    /// <summary>Batches in order. A bad row ends them with the exception, after a batch of the good rows before
    /// it.</summary>
    public static IEnumerable<Batch> Read(IPointSource source, long firstRow, int maxPoints)
    {
        using var rows = source.ReadFrom(firstRow).GetEnumerator();
        var batch = new List<SourceRow>();
        var bytes = 0L;
        BadRowException? bad = null;
        while (TryMoveNext(rows, ref bad))
        {
            batch.Add(rows.Current);
            bytes += BytesOf(rows.Current.Point);
            if (batch.Count < maxPoints && bytes < MaxBatchBytes) continue;
            yield return new(batch, batch[^1].Row + 1);
            batch = [];
            bytes = 0;
        }

        if (batch.Count > 0) yield return new(batch, bad?.Row ?? source.RowCount);
        if (bad is not null) throw bad;
    }

    private static bool TryMoveNext(IEnumerator<SourceRow> rows, ref BadRowException? bad)
    {
        try
        {
            return rows.MoveNext();
        }
        catch (BadRowException exception)
        {
            bad = exception;
            return false;
        }
    }

    private static long BytesOf(Point point)
    {
        var bytes = (long)point.Payload.Utf8.Length;
        foreach (var (_, vector) in point.Vectors) bytes += vector.Length * sizeof(float);
        return bytes;
    }
}
