using System.Globalization;
using System.Text.RegularExpressions;

namespace VectorCluster.Cli;

/// <summary>Writes a source to a collection, several batches at once, and tells how far it is acknowledged without a
/// gap.</summary>
/// <remarks>A batch that failed half-way is sent again whole: an upsert does nothing twice.</remarks>
internal sealed partial class Importer(IVectorDatabase database, Retry retry, string collection, string @namespace)
{
    /// <summary>Most points in one request.</summary>
    public int BatchPoints { get; init; } = 500;

    /// <summary>Requests that wait for their answer at once: one is on the wire while others are flushed.</summary>
    public int InFlight { get; init; } = 4;

    /// <param name="onAcknowledged">Rows that are durable, counted from the file's first, each time there are
    /// more.</param>
    /// <exception cref="BadRowException">A row was refused. Every row before it has been written.</exception>
    public async Task RunAsync(
        IPointSource source, long firstRow, Action<long> onAcknowledged, CancellationToken cancellationToken)
    {
        var running = new Queue<(long EndRow, Task Task)>();
        var isGapless = true; // false: a batch failed, and what comes after it must not be called acknowledged
        try
        {
            foreach (var batch in BatchReader.Read(source, firstRow, BatchPoints))
            {
                if (running.Count >= InFlight) await AcknowledgeAsync();
                cancellationToken.ThrowIfCancellationRequested();
                running.Enqueue((batch.EndRow, WriteAsync(source.Path, batch, cancellationToken)));
            }

            while (running.Count > 0) await AcknowledgeAsync();
        }
        catch (BadRowException) when (isGapless)
        {
            while (running.Count > 0) await AcknowledgeAsync(); // the rows before the bad one shall not be lost
            throw;
        }
        finally
        {
            await Task.WhenAll(running.Select(batch => batch.Task)).ContinueWith(_ => { }, TaskScheduler.Default);
        }

        async Task AcknowledgeAsync()
        {
            var (endRow, task) = running.Dequeue();
            isGapless = false;
            await task;
            isGapless = true;
            onAcknowledged(endRow);
        }
    }

    private async Task WriteAsync(string path, Batch batch, CancellationToken cancellationToken)
    {
        try
        {
            await UpsertAsync(batch.Rows, cancellationToken);
        }
        catch (InvalidRequestException exception) when (RefusedRow(exception, batch) is { } at)
        {
            await UpsertAsync([.. batch.Rows.Take(at)], cancellationToken);
            throw new BadRowException(path, batch.Rows[at].Row, exception.Message);
        }
    }

    private Task UpsertAsync(IReadOnlyList<SourceRow> rows, CancellationToken cancellationToken)
    {
        var request = new UpsertRequest
        {
            Collection = collection,
            Namespace = @namespace,
            Points = [.. rows.Select(row => row.Point)],
        };
        return retry.RunAsync(() => database.UpsertAsync(request, cancellationToken), cancellationToken);
    }

    /// <returns>Which of the batch's points the database refused; null if it does not say.</returns>
    private static int? RefusedRow(InvalidRequestException exception, Batch batch)
    {
        var place = PlaceOfPoint().Match(exception.Path ?? "");
        if (!place.Success || !int.TryParse(place.Groups["index"].Value, CultureInfo.InvariantCulture, out var index))
            return null;
        return index < batch.Rows.Count ? index : null;
    }

    [GeneratedRegex("^\\$\\.points\\[(?<index>\\d+)\\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlaceOfPoint();
}
