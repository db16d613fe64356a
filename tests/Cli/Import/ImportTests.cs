using VectorCluster.Embedded;

namespace VectorCluster.Cli.Tests;

/// <summary>Files into a data directory and out again, by the commands that a user types.</summary>
public sealed class ImportTests : IDisposable
{
    private const int Points = 700;
    private const int Dimension = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly float[][] _vectors = TestPoints.Vectors(3, Points, Dimension);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("fvecs")]
    [InlineData("npy")]
    [InlineData("jsonl")]
    public async Task Every_format_comes_in_whole(string format)
    {
        var names = _folder.Write("names.txt", string.Concat(Enumerable.Range(0, Points).Select(i => $"name {i}\n")));
        string[] file = format switch
        {
            "fvecs" => [_folder.WriteFvecs(_vectors), "--names", names, "--name-field", "word"],
            "npy" => [_folder.WriteNpy(_vectors), "--names", names, "--name-field", "word"],
            _ => [_folder.WriteJsonLines(_vectors)],
        };

        var (exitCode, _, error) = await ImportAsync(file);

        Assert.True(exitCode == 0, error);
        var points = await ScrollAsync("points");
        Assert.Equal(Points, points.Count);
        for (var i = 0; i < Points; i++)
        {
            var payload = format == "jsonl" ? TestPoints.PayloadOf(i) : Payload.From(new { word = $"name {i}" });
            AssertPoint(points[i], (ulong)i, _vectors[i], payload);
        }
    }

    // Goal: export writes what import reads, whatever the ids, vectors and payloads are.
    [Fact]
    public async Task Export_and_import_round_trip()
    {
        await using (var database = await VectorDatabase.OpenAsync(_folder.Data))
            await WriteOddPointsAsync(database);
        var before = await ScrollAsync("odd");
        var file = _folder.PathOf("odd.jsonl");

        var export = await RunAsync("export", "--collection", "odd", "--namespace", "tenant", "--output", file);
        var import = await RunAsync(
            "import", file, "--collection", "again", "--namespace", "tenant", "--metric", "euclid");

        Assert.True(export.ExitCode == 0, export.Error);
        Assert.True(import.ExitCode == 0, import.Error);
        var after = await ScrollAsync("again");
        Assert.Equal(
            before.Select(point => (point.Id, point.Payload)), after.Select(point => (point.Id, point.Payload)));
        foreach (var (old, copy) in before.Zip(after)) Assert.Equal(Flat(old), Flat(copy));
    }

    // Goal: one bad row costs one bad row. Method: a good file with a line in it that is no point.
    [Theory]
    [InlineData("""{"id": 1, "vector": [1, 2, 3, 4, "five"]}""", "element 4")]
    [InlineData("""{"id": 1, "vector": [1, 2, 3, 4, 1e30]}""", "element 4")]
    [InlineData("""{"id": 1, "vector": [1, 2, 3, 4]}""", "expected dim: 5, got 4")]
    [InlineData("""{"id": -1, "vector": [1, 2, 3, 4, 5]}""", "an id is")]
    [InlineData("""{"id": 1, "vector": [1, 2, 3, 4, 5], "text": ""}""", "unknown member \"text\"")]
    [InlineData("""{"id": 1, "vector": """, "not valid JSON")]
    [InlineData("""{"id": 1, "id": 2, "vector": [1, 2, 3, 4, 5]}""", "not valid JSON")]
    public async Task A_bad_row_is_named_and_the_rows_before_it_are_kept(string line, string reason)
    {
        var file = _folder.WriteJsonLines(_vectors);
        var lines = await File.ReadAllLinesAsync(file);
        lines[456] = line;
        await File.WriteAllLinesAsync(file, lines);

        var (exitCode, _, error) = await ImportAsync(file, "--batch", "100");

        Assert.Equal(1, exitCode);
        Assert.Contains($"{file}, row 457: ", error, StringComparison.Ordinal);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        var ids = (await ScrollAsync("points")).Select(point => point.Id); // later batches may have been under way
        Assert.Equal(Enumerable.Range(0, 456).Select(id => (PointId)(ulong)id), ids.Take(456));
        Assert.DoesNotContain((PointId)456UL, ids);

        var again = await ImportAsync(file, "--batch", "100");
        Assert.Contains($"{file}, row 457: ", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_cut_short_is_told_and_its_whole_rows_are_kept()
    {
        var file = _folder.WriteFvecs(_vectors);
        await using (var stream = File.OpenWrite(file)) stream.SetLength(stream.Length - 3);

        var (exitCode, _, error) = await ImportAsync(file);

        Assert.Equal(1, exitCode);
        Assert.Contains($"row {Points}: the file ends within this row", error, StringComparison.Ordinal);
        Assert.Equal(Points - 1, (await ScrollAsync("points")).Count);
    }

    [Fact]
    public async Task An_import_goes_on_where_it_failed_and_starts_over_if_its_points_are_gone()
    {
        var file = _folder.WriteFvecs(_vectors);
        await CliProcess.RunAsync(
            _folder.State, "import", file, "--collection", "points", "--retry-for", "0", "--url", "http://127.0.0.1:9");
        Assert.Equal(0, ImportStateFile.RowsOf(_folder)); // nobody listens there: nothing is acknowledged

        await using (var cut = File.OpenWrite(file)) cut.SetLength(cut.Length - 1);
        await ImportAsync(file);
        Assert.Equal(Points - 1, ImportStateFile.RowsOf(_folder));
        var again = await ImportAsync(file);
        Assert.Contains($"Going on at row {Points}: ", again.Error, StringComparison.Ordinal);

        await using (var database = await VectorDatabase.OpenAsync(_folder.Data))
            await database.DeleteCollectionAsync("points");
        var afresh = await ImportAsync(file);
        Assert.DoesNotContain("Going on", afresh.Error, StringComparison.Ordinal);
        Assert.Equal(Points - 1, (await ScrollAsync("points")).Count);
    }

    [Fact]
    public async Task A_query_prints_the_nearest_points_with_scores()
    {
        await ImportAsync(_folder.WriteJsonLines(_vectors));

        var (exitCode, output, error) = await RunAsync(
            "query", "--collection", "points", "--vector", $"[{string.Join(',', _vectors[7])}]", "--limit", "3");

        Assert.True(exitCode == 0, error);
        var rows = output.Split('\n').Where(line => line.Contains("\"text\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, rows.Count);
        Assert.Matches("^ +7 +0.0000 +\\{\"number\":7,", rows[0]);
    }

    private Task<(int ExitCode, string Output, string Error)> ImportAsync(params IReadOnlyList<string> arguments) =>
        RunAsync(["import", "--collection", "points", "--metric", "euclid", "--shards", "2", .. arguments]);

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params IReadOnlyList<string> arguments) =>
        CliProcess.RunAsync(_folder.State, [.. arguments, "--data", _folder.Data]);

    private async Task<IReadOnlyList<StoredPoint>> ScrollAsync(string collection)
    {
        await using var database = await VectorDatabase.OpenAsync(_folder.Data);
        var page = await database.ScrollAsync(new()
        {
            Collection = collection,
            Namespace = collection == "points" ? "" : "tenant",
            Limit = Points * 2,
            WithVectors = VectorSelector.All,
        });
        return page.Points;
    }

    private static async Task WriteOddPointsAsync(VectorDatabase database)
    {
        var vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
        {
            ["title"] = new(2, DistanceMetric.Euclidean),
            ["body \"quoted\""] = new(3, DistanceMetric.Euclidean),
        };
        await database.CreateCollectionAsync("odd", new() { Vectors = vectors, ShardCount = 3 });
        KeyValuePair<string, ReadOnlyMemory<float>> title = new("title", new[] { 0.1f, -1e-30f });
        KeyValuePair<string, ReadOnlyMemory<float>> body = new(
            "body \"quoted\"", new[] { 1e16f, 3.4028e-38f, float.Epsilon });
        Payload payload = Payload.Parse(
            """{"ä\n\"": [1, 1.0, 1e400, null, {"deep": "\u0000 \ud83d\ude00"}], "n": 12345678901234567890}""");
        await database.UpsertAsync(new()
        {
            Collection = "odd",
            Namespace = "tenant",
            Points =
            [
                new(ulong.MaxValue, new(title, body), payload),
                new("text, with \"quotes\" and\nlines", new(title)),
                new(new Guid("01234567-89ab-cdef-0123-456789abcdef"), new(body), payload),
                new(0UL, VectorSet.Empty),
            ],
        });
    }

    private static List<string> Flat(StoredPoint point) =>
        [
            .. point.Vectors!
                .Select(vector => $"{vector.Key}: {string.Join(' ', vector.Value.ToArray())}")
                .Order(StringComparer.Ordinal),
        ];

    private static void AssertPoint(StoredPoint point, PointId id, float[] vector, Payload payload)
    {
        Assert.Equal(id, point.Id);
        Assert.Equal(payload, point.Payload);
        Assert.True(point.Vectors!.TryGet("", out var found));
        Assert.Equal(vector, found.ToArray());
    }
}
