namespace VectorCluster.Cli;

/// <summary>Loads the words once: what is there stays, and a load that was stopped goes on where it was.</summary>
internal static class DemoLoad
{
    public const string Collection = "words";
    public const int ShardCount = 4;

    private const int BatchPoints = 250;

    public static async Task RunAsync(IVectorDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        using var words = WordSource.Open();
        var retry = new Retry(TimeSpan.FromSeconds(30), time, _ => { });
        await ImportCollection.EnsureAsync(database, retry, Collection, words, SettingsOf, cancellationToken);
        var first = await FirstMissingAsync(database, words.RowCount, cancellationToken);
        if (first == words.RowCount)
        {
            Console.WriteLine($"Collection '{Collection}': all {words.RowCount:N0} words are there already.");
            return;
        }

        var title = first == 0 ? "Loading words" : "Loading the missing words";
        var meter = new ProgressMeter("words", words.RowCount, first, time);
        var importer = new Importer(database, retry, Collection, "") { BatchPoints = BatchPoints };
        await ProgressDisplay.RunAsync(
            title, meter, time, () => importer.RunAsync(words, first, meter.Report, cancellationToken));
        Console.WriteLine(
            $"Collection '{Collection}': loaded {words.RowCount - first:N0} words into {ShardCount} shards "
            + $"in {meter.Elapsed.TotalSeconds:0.0} s.");
    }

    private static CollectionSettings SettingsOf(IReadOnlyDictionary<string, int> dimensions) =>
        CollectionSettings.ForVector(dimensions[VectorSet.DefaultName], DistanceMetric.Cosine, ShardCount) with
        {
            PayloadIndexes = new Dictionary<string, PayloadIndexKind>(StringComparer.Ordinal)
            {
                ["word"] = PayloadIndexKind.Keyword,
                ["rank"] = PayloadIndexKind.Integer,
                ["length"] = PayloadIndexKind.Integer,
            },
        };

    /// <summary>Asks the database itself: nothing else has to be kept beside it, or can disagree with it.</summary>
    private static async Task<long> FirstMissingAsync(
        IVectorDatabase database, long rowCount, CancellationToken cancellationToken)
    {
        const int IdsAtOnce = 1_000;
        for (var row = 0L; row < rowCount; row += IdsAtOnce)
        {
            var ids = new List<PointId>();
            for (var i = row; i < Math.Min(row + IdsAtOnce, rowCount); i++) ids.Add(WordSource.IdOf(i));
            var request = new GetPointsRequest
            {
                Collection = Collection,
                Ids = ids,
                WithPayload = PayloadSelector.None,
            };
            var found = await database.GetPointsAsync(request, cancellationToken);
            if (found.Count == ids.Count) continue;
            var present = found.Select(point => point.Id).ToHashSet();
            return row + ids.FindIndex(id => !present.Contains(id));
        }

        return rowCount;
    }
}
