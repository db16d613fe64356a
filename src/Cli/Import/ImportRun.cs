namespace VectorCluster.Cli;

/// <summary>One import from its first look at the collection to its last line of output.</summary>
internal sealed class ImportRun(Target target, string collection, string @namespace)
{
    public required int BatchPoints { get; init; }

    public required TimeSpan RetryFor { get; init; }

    /// <summary>Settings of the collection, should it have to be made.</summary>
    public required Func<IReadOnlyDictionary<string, int>, CollectionSettings> SettingsOf { get; init; }

    public async Task RunAsync(
        IPointSource source, ImportState state, TimeProvider time, CancellationToken cancellationToken)
    {
        ProgressMeter? meter = null;
        var retry = new Retry(RetryFor, time, reason => SayWaiting(meter, reason));
        var isNew = await ImportCollection.EnsureAsync(
            target.Database, retry, collection, source, SettingsOf, cancellationToken);
        var first = isNew ? 0 : await ImportResume.FirstRowAsync(
            target.Database, retry, source, state.Rows, collection, @namespace, cancellationToken);
        if (first > 0)
            await Console.Error.WriteLineAsync($"Going on at row {first + 1:N0}: the rows before it are there.");

        meter = new("rows", source.RowCount, first, time);
        var importer = new Importer(target.Database, retry, collection, @namespace) { BatchPoints = BatchPoints };
        void OnAcknowledged(long rows)
        {
            state.Save(rows);
            meter.Report(rows);
        }

        try
        {
            await ProgressDisplay.RunAsync(
                "Importing", meter, time, () => importer.RunAsync(source, first, OnAcknowledged, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(
                $"Stopped after row {meter.Done:N0}. The same command goes on from there.");
            throw;
        }

        state.Delete();
        Console.WriteLine(
            $"Imported {source.RowCount - first:N0} rows into '{collection}' in {meter.Elapsed.TotalSeconds:0.0} s.");
    }

    private void SayWaiting(ProgressMeter? meter, string? reason)
    {
        var note = reason is null ? null : $"waiting for {target.Name} (up to {RetryFor.TotalSeconds:0} s): {reason}";
        if (meter is not null) meter.Note = note;
        if (note is not null && (meter is null || Console.IsErrorRedirected)) Console.Error.WriteLine(note);
    }
}
