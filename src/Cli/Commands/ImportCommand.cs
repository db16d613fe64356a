using System.CommandLine;

namespace VectorCluster.Cli;

/// <summary><c>import</c>: a file of points into a collection.</summary>
internal static class ImportCommand
{
    private const string Summary = "Import a file of points into a collection, which is made if it does not exist.";

    private const string Details =
        """
          .fvecs, .npy   vectors (float32); the ids are the rows' numbers from 0, names come from --names
          .jsonl         lines of {"id": 1, "vector": [0.1, …], "payload": {…}}, as export writes them;
                         "vector" may be an object of vectors by name

        The same command started again goes on where it was stopped. A server that restarts meanwhile is waited for.

        Example:
          vectorcluster import words.fvecs --names words.txt --name-field word --collection words --shards 4
        """;

    private static readonly Argument<string> File = new("file")
    {
        Description = ".fvecs, .npy or .jsonl.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Names = new("--names")
    {
        Description = "File with a name for each row, one a line, for .fvecs and .npy.",
        HelpName = "FILE",
    };

    private static readonly Option<string> NameField = new("--name-field")
    {
        Description = "Payload field that takes the name.",
        HelpName = "FIELD",
        DefaultValueFactory = _ => "name",
    };

    private static readonly Option<string?> IdField = new("--id-field")
    {
        Description = "Member that holds the id, for .jsonl (default id).",
        HelpName = "FIELD",
    };

    private static readonly Option<int> BatchPoints = new("--batch")
    {
        Description = "Points in one request.",
        HelpName = "N",
        DefaultValueFactory = _ => 500,
    };

    private static readonly Option<string> Metric = Metrics.Option("Distance of a new collection.");

    private static readonly Option<int> Shards = new("--shards")
    {
        Description = "Shards of a new collection.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create()
    {
        var target = new TargetOptions();
        var command = new DetailedCommand("import", Summary, Details) { File };
        target.AddTo(command);
        foreach (var option in (Option[])[Names, NameField, IdField, BatchPoints, Metric, Shards]) command.Add(option);
        Ranges.Require(BatchPoints, 1, UpsertRequest.MaxPoints);
        Ranges.Require(Shards, 1, 256);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, target, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        ParseResult parsed, TargetOptions options, CancellationToken cancellationToken)
    {
        var path = parsed.GetRequiredValue(File);
        using var source = PointSource.Open(
            path, parsed.GetValue(Names), parsed.GetRequiredValue(NameField), parsed.GetValue(IdField));
        await using var target = await options.OpenAsync(parsed, cancellationToken);
        var run = new ImportRun(
            target, parsed.GetRequiredValue(options.Collection), parsed.GetRequiredValue(options.Namespace))
        {
            BatchPoints = parsed.GetValue(BatchPoints),
            RetryFor = TimeSpan.FromSeconds(parsed.GetValue(options.RetryFor)),
            SettingsOf = dimensions => SettingsOf(
                dimensions, Metrics.Parse(parsed.GetRequiredValue(Metric)), parsed.GetValue(Shards)),
        };
        var state = ImportState.Open(
            path,
            target.Name,
            parsed.GetRequiredValue(options.Collection),
            parsed.GetRequiredValue(options.Namespace),
            parsed.GetValue(Names) ?? "",
            parsed.GetRequiredValue(NameField),
            parsed.GetValue(IdField) ?? "");
        await run.RunAsync(source, state, TimeProvider.System, cancellationToken);
        return ExitCode.Ok;
    }

    private static CollectionSettings SettingsOf(
        IReadOnlyDictionary<string, int> dimensions, DistanceMetric metric, int shards) => new()
        {
            Vectors = dimensions.ToDictionary(
            vector => vector.Key, vector => new VectorSettings(vector.Value, metric), StringComparer.Ordinal),
            ShardCount = shards,
        };
}
