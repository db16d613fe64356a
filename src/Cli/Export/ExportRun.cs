namespace VectorCluster.Cli;

/// <summary>Streams a collection, page by page.</summary>
internal sealed class ExportRun(IVectorDatabase database, string collection, string @namespace, TimeSpan retryFor)
{
    /// <summary>Points a page: with 65,536 dimensions each that is still no more than a few hundred MiB of
    /// JSON.</summary>
    private const int MaxPagePoints = 1_000;

    /// <summary>Floats a page aims at, so that pages of large vectors stay small.</summary>
    private const int PageFloats = 1_000_000;

    public async Task RunAsync(Stream output, TimeProvider time, CancellationToken cancellationToken)
    {
        var retry = new Retry(
            retryFor, time, reason => Console.Error.WriteLine(reason is null ? "Going on." : $"Waiting: {reason}"));
        var info = await retry.RunAsync(
            () => database.GetCollectionAsync(collection, cancellationToken), cancellationToken);
        var count = new CountRequest { Collection = collection, Namespace = @namespace };
        var total = await retry.RunAsync(() => database.CountAsync(count, cancellationToken), cancellationToken);
        var meter = new ProgressMeter("points", total, start: 0, time);
        var pagePoints = Math.Clamp(
            PageFloats / info.Settings.Vectors.Sum(vector => vector.Value.Dimension), 1, MaxPagePoints);
        await ProgressDisplay.RunAsync(
            "Exporting", meter, time, () => WriteAsync(output, retry, pagePoints, meter, cancellationToken));
    }

    private async Task WriteAsync(
        Stream output, Retry retry, int pagePoints, ProgressMeter meter, CancellationToken cancellationToken)
    {
        using var lines = new PointLineWriter();
        var written = 0L;
        PointId? offset = null;
        do
        {
            var request = new ScrollRequest
            {
                Collection = collection,
                Namespace = @namespace,
                Offset = offset,
                Limit = pagePoints,
                WithVectors = VectorSelector.All,
            };
            var page = await retry.RunAsync(() => database.ScrollAsync(request, cancellationToken), cancellationToken);
            await output.WriteAsync(lines.Encode(page.Points), cancellationToken);
            meter.Report(written += page.Points.Count);
            offset = page.NextOffset;
        }
        while (offset is not null);
        await output.FlushAsync(cancellationToken);
    }
}
